/** The links between the pages, each with all of the state, so that who comes back finds what was left. */
import { find } from './element.ts';
import type { PageState } from './pageState.ts';
import { writePageState } from './pageState.ts';

export function showPageLinks(state: PageState): void {
  // Hides the fields that are for the other page, see page.css.
  document.body.dataset['page'] = state.page;
  for (const page of ['explore', 'ingest'] as const) {
    const link = find(`#to-${page}`, HTMLAnchorElement);
    link.href = writePageState({ ...state, page });
    if (page === state.page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

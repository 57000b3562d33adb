/** Says that the graph is a part of a larger one, asked for by itself, and leads back. */
import { element } from './element.ts';
import { shownName } from './fitText.ts';

export class DetailLine {
  private readonly text = element('span', 'plens-detail-text');
  readonly root: HTMLElement;

  constructor(onLeave: () => void, signal: AbortSignal) {
    const back = element('button', 'plens-button', { type: 'button' }, 'Whole graph');
    back.addEventListener('click', onLeave, { signal });
    this.root = element('div', 'plens-detail', { role: 'status', hidden: '' }, this.text, back);
  }

  show(stack: readonly string[] | undefined): void {
    this.root.hidden = stack === undefined;
    const name = stack?.at(-1);
    const below =
      name === undefined
        ? 'The whole graph at full detail.'
        : `Full detail below ${shownName(name)}; the rest is left out.`;
    const text = stack === undefined ? '' : below;
    // A status is read out anew whenever its text is set.
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}

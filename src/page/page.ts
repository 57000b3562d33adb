/** The built-in page: keeps the state in the URL, asks the server, has the outcome shown. */
import { ServerError, createQuestions } from './askServer.ts';
import { askToken, storedToken } from './askToken.ts';
import type { Choices, Look } from './explore.ts';
import { look } from './explore.ts';
import type { RecentIngest } from './ingestSenders.ts';
import { readRecentIngest } from './ingestSenders.ts';
import type { Problem } from './mountView.ts';
import { mountView } from './mountView.ts';
import type { PageState } from './pageState.ts';
import { readPageState, selectorOf, writePageState } from './pageState.ts';

const waitMillis = 2_000;
const ingestMillis = 10_000;

startPage();

function startPage(): void {
  let state = readPageState(location.hash);
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const change = (part: Partial<PageState>) => {
    state = { ...state, ...part };
    history.pushState(undefined, '', writePageState(state));
    void refresh();
  };
  const view = mountView({
    state,
    onChange: change,
    onGraphState: (graph) => {
      state = { ...state, graph };
      // Back is for what was asked, not for every letter of a search.
      history.replaceState(undefined, '', writePageState(state));
      view.showLinks(state);
    },
    onRefresh: () => void refresh(),
    hasToken: () => storedToken() !== undefined,
  });

  /** Never rejects: every failure is shown. */
  const refresh = async (): Promise<void> => {
    running?.abort();
    clearTimeout(timer);
    const { signal } = (running = new AbortController());
    view.setBusy(true);
    view.showForm(state, undefined);
    const onChoices = (choices: Choices) => {
      if (!signal.aborted) view.showForm(state, choices);
    };
    const outcome = await lookOnce(state, signal, onChoices);
    // A newer question took over.
    if (signal.aborted) return;
    view.setBusy(false);
    if (outcome.look !== undefined) view.showLook(outcome.look);
    if (outcome.recent !== undefined) view.showIngest(outcome.recent);
    view.showProblem(outcome.problem);
    if (outcome.needsTenant) view.askTenant();
    if (outcome.needsToken) {
      await askToken();
      return refresh();
    }
    const again = againMillis(state, outcome);
    if (again > 0) timer = setTimeout(() => whenSeen(() => void refresh()), again);
  };

  addEventListener('popstate', () => {
    state = readPageState(location.hash);
    view.setGraphState(state.graph);
    void refresh();
  });
  void refresh();
}

interface Outcome {
  readonly look?: Look;
  readonly recent?: RecentIngest;
  readonly problem?: Problem;
  readonly needsToken?: boolean;
  readonly needsTenant?: boolean;
}

/** 0: not by itself. */
function againMillis({ page, refreshSeconds }: PageState, { look: seen, recent }: Outcome): number {
  if (seen?.kind === 'empty server' || recent?.senders.length === 0) return waitMillis;
  return page === 'ingest' ? ingestMillis : refreshSeconds * 1_000;
}

const tenantProblem: Problem = {
  message:
    'This server keeps the profiles of several tenants apart. Name one in the field "Tenant", or several as a|b.',
  selector: undefined,
};

async function lookOnce(
  state: PageState,
  signal: AbortSignal,
  onChoices: (choices: Choices) => void,
): Promise<Outcome> {
  let selector = selectorOf(state);
  const questions = createQuestions({ signal, token: storedToken(), tenant: state.tenant });
  const noteChoices = (choices: Choices) => {
    selector = selectorOf({ ...state, service: choices.service });
    onChoices(choices);
  };
  try {
    if (state.page === 'ingest') return { recent: readRecentIngest(await questions.recentIngest()) };
    return { look: await look(state, { questions, nowMillis: Date.now(), onChoices: noteChoices }) };
  } catch (error) {
    // People see the sentence; there is nobody else to tell.
    const status = error instanceof ServerError ? error.status : 0;
    const message = error instanceof Error ? error.message : String(error);
    // Both are 401, as Pyroscope's clients expect; a token is asked for first.
    if (status === 401 && message.includes('X-Scope-OrgID')) return { needsTenant: true, problem: tenantProblem };
    if (status === 401) return { needsToken: true };
    return { problem: { message, selector: status === 400 && state.page === 'explore' ? selector : undefined } };
  }
}

/** A tab in the background asks nothing until it is looked at again. */
function whenSeen(run: () => void): void {
  if (document.hidden) document.addEventListener('visibilitychange', run, { once: true });
  else run();
}

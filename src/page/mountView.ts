/** Everything that is seen: mounts chart, drawing, form and start, and shows one outcome at a time. */
import type { FlameGraphState } from '../flamegraph/mountFlameGraph.types.ts';
import { mountFlameGraph } from '../flamegraph/mountFlameGraph.ts';
import { profileTypeLabel } from '../flamegraph/profileTypeMeaning.ts';
import { mountChart } from './chart.ts';
import { momentLabel } from './chartScale.ts';
import { connectControls } from './controls.ts';
import { element, find } from './element.ts';
import type { Choices, Look } from './explore.ts';
import type { RecentIngest } from './ingestSenders.ts';
import { formatOverTime, headlineOf, scaledPoints } from './overTime.ts';
import type { PageKind, PageState } from './pageState.ts';
import { showPageLinks } from './pageLinks.ts';
import { showIngest } from './showIngest.ts';
import type { Opening } from './startHere.ts';
import { noProfilesYet, nothingSentYet, showStartHere } from './startHere.ts';
import { followTheme } from './theme.ts';
import type { MillisRange } from './timeRange.ts';

export interface View {
  /** The form follows the state; without choices it keeps what there was to choose from. */
  showForm(state: PageState, choices: Choices | undefined): void;
  showLook(look: Look): void;
  showIngest(recent: RecentIngest): void;
  showLinks(state: PageState): void;
  showProblem(problem: Problem | undefined): void;
  askTenant(): void;
  setBusy(isBusy: boolean): void;
  setGraphState(state: FlameGraphState): void;
}

export interface Problem {
  readonly message: string;
  /** What the server did not understand. */
  readonly selector: string | undefined;
}

export interface ViewOptions {
  readonly state: PageState;
  readonly onChange: (part: Partial<PageState>) => void;
  readonly onGraphState: (state: FlameGraphState) => void;
  readonly onRefresh: () => void;
  readonly hasToken: () => boolean;
}

type Profiles = Extract<Look, { kind: 'profiles' }>;
type Drawings = ReturnType<typeof mountDrawings>;

export function mountView(options: ViewOptions): View {
  const goTo = (range: MillisRange) => options.onChange({ time: { kind: 'between', ...range } });
  const drawings = mountDrawings(options, goTo);
  const controls = connectControls(options);
  find('#problem button', HTMLButtonElement).addEventListener('click', options.onRefresh);
  const showStart = connectStart(options);
  let shown: PageKind | undefined;
  let known: Choices | undefined;
  let tenant = options.state.tenant;
  return {
    showForm: (state, choices) => {
      known = choices ?? known;
      tenant = state.tenant;
      controls.show(state, known);
      showPageLinks(state);
      // What the other page showed is no answer to this one.
      if (shown !== state.page) hideAll();
      shown = state.page;
    },
    showLook: (look) => {
      showStart(look.kind === 'empty server' ? noProfilesYet : undefined, tenant);
      showNothing(look, goTo);
      showProfiles(drawings, look);
    },
    showIngest: (recent) => {
      document.title = 'Ingest – Pyrolens';
      showStart(recent.senders.length === 0 ? nothingSentYet : undefined, tenant);
      showIngest(recent);
    },
    showLinks: showPageLinks,
    showProblem,
    askTenant: () => controls.askTenant(),
    setBusy: (isBusy) => find('main', HTMLElement).setAttribute('aria-busy', String(isBusy)),
    setGraphState: (state) => drawings.graph.setState(state),
  };
}

/** Nobody's copying is disturbed while the same is shown again. */
function connectStart({ hasToken }: ViewOptions): (opening: Opening | undefined, tenant: string) => void {
  const host = find('#start', HTMLElement);
  let shown: Opening | undefined;
  return (opening, tenant) => {
    const isSame = opening === shown && host.childElementCount > 0;
    if (opening === undefined) host.replaceChildren();
    else if (!isSame) showStartHere(host, opening, { url: location.origin, hasToken: hasToken(), tenant });
    host.hidden = opening === undefined;
    shown = opening;
  };
}

function hideAll(): void {
  for (const id of ['#start', '#nothing', '#over-time', '#graph', '#ingest']) find(id, HTMLElement).hidden = true;
  showProblem(undefined);
}

function mountDrawings({ state, onGraphState }: ViewOptions, onBrush: (range: MillisRange) => void) {
  const readTheme = followTheme(find('#theme', HTMLButtonElement), () => graph.setTheme(readTheme()));
  const graph = mountFlameGraph(find('#graph', HTMLElement), {
    theme: readTheme(),
    state: state.graph,
    onStateChange: onGraphState,
  });
  const readout = find('#readout', HTMLOutputElement);
  const chart = mountChart(find('#chart', HTMLElement), {
    onBrush,
    onHover: (text) => (readout.textContent = text),
  });
  return { graph, chart };
}

function showProfiles({ graph, chart }: Drawings, look: Look): void {
  for (const id of ['#over-time', '#graph']) find(id, HTMLElement).hidden = look.kind !== 'profiles';
  document.title = look.kind === 'profiles' ? `${titleOf(look)} – Pyrolens` : 'Pyrolens';
  if (look.kind !== 'profiles') return;
  const { choices, range, overTime, graph: data } = look;
  find('#headline', HTMLElement).textContent =
    `${titleOf(look)} · ${headlineOf(choices.profileType, data.total[0] ?? 0, range)}`;
  const { profileType } = choices;
  chart.setData({
    ...range,
    points: scaledPoints(profileType, overTime.points, overTime.stepMillis),
    stepMillis: overTime.stepMillis,
    format: (value) => formatOverTime(profileType, value),
    inPowersOfTwo: data.unit === 'bytes',
  });
  // It had no size while it was hidden.
  graph.resize();
  graph.setData(data);
}

const titleOf = ({ choices }: Profiles): string => `${choices.service} · ${profileTypeLabel(choices.profileType)}`;

function showNothing(look: Look, onGo: (range: MillisRange) => void): void {
  const host = find('#nothing', HTMLElement);
  host.hidden = look.kind !== 'nothing here';
  if (look.kind !== 'nothing here') return;
  const { selector, nearest, choices } = look;
  const what = choices.profileType === '' ? '' : ` ${profileTypeLabel(choices.profileType)}`;
  host.replaceChildren(element('p', {}, `No${what} profiles for ${selector} in this range.`));
  if (nearest === undefined) return;
  const go = element('button', { type: 'button' }, 'Go there');
  go.addEventListener('click', () => onGo(nearest));
  host.append(element('p', {}, `Nearest: ${momentLabel(nearest.endMillis, Date.now())}`), go);
}

function showProblem(problem: Problem | undefined): void {
  find('#problem', HTMLElement).hidden = problem === undefined;
  find('#problem p', HTMLElement).textContent = problem?.message ?? '';
  const code = find('#problem code', HTMLElement);
  code.hidden = problem?.selector === undefined;
  code.textContent = problem?.selector ?? '';
}

/** Mounts drawings in jsdom for tests, with canvases that keep what was painted, and does what a person does with them. */
import { jest } from '@jest/globals';
import type { FlameGraphData } from './flameGraphData.ts';
import { mountFlameGraph } from './mountFlameGraph.ts';
import type { FlameGraphHandle, FlameGraphOptions, FlameGraphState } from './mountFlameGraph.types.ts';
import type { PaintedStretch } from './recordingContext.ts';
import { RecordingContext } from './recordingContext.ts';
import { lightTheme } from './themesForTests.ts';

export const widthPixels = 1000;
export const heightPixels = 220;

export interface Drawn {
  readonly host: HTMLElement;
  readonly handle: FlameGraphHandle;
  /** Of the graph; that of callers and of minimaps are beside it. */
  readonly context: RecordingContext;
  readonly contextOf: (selector: string) => RecordingContext;
  readonly states: FlameGraphState[];
}

type Draw = (state: Partial<FlameGraphState>, data: FlameGraphData, options?: Partial<FlameGraphOptions>) => Drawn;

/** To be called once, outside of tests: they begin with fake timers and end with everything taken away. */
export function drawingsForTests(): Draw {
  const mounted: Drawn[] = [];
  beforeEach(() => {
    jest.useFakeTimers();
    // jsdom lays nothing out: every element is as large as the host.
    jest.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(widthPixels);
    jest.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(heightPixels);
  });
  afterEach(() => {
    for (const { handle, host } of mounted.splice(0)) {
      handle.destroy();
      host.remove();
    }
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  return (state, data, options = {}) => {
    const drawn = mount(state, options);
    mounted.push(drawn);
    drawn.handle.setData(data);
    settle();
    return drawn;
  };
}

function mount(state: Partial<FlameGraphState>, options: Partial<FlameGraphOptions>): Drawn {
  const host = document.createElement('div');
  document.body.append(host);
  const contexts = new Map<Element, RecordingContext>();
  const states: FlameGraphState[] = [];
  const getContext = (canvas: HTMLCanvasElement): RecordingContext => {
    const context = new RecordingContext();
    contexts.set(canvas, context);
    return context;
  };
  const onStateChange = (next: FlameGraphState): number => states.push(next);
  const all = { view: 'icicle', search: '', focus: [], ...state } as const;
  const handle = mountFlameGraph(host, { theme: lightTheme, state: all, onStateChange, getContext, ...options });
  const contextOf = (selector: string): RecordingContext => {
    const context = contexts.get(find(host, selector));
    if (context === undefined) throw new Error(`nothing was painted on ${selector}`);
    return context;
  };
  const drawn = {
    host,
    handle,
    contextOf,
    states,
    get context() {
      return contextOf('.plens-main .plens-canvas');
    },
  };
  return drawn;
}

export const settle = (): void => void jest.advanceTimersByTime(500);

export function find(host: HTMLElement, selector: string): HTMLElement {
  const found = host.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`nothing is ${selector}`);
  return found;
}
export const canvasOf = ({ host }: Drawn): HTMLElement => find(host, '.plens-main canvas');
export const tooltipOf = ({ host }: Drawn): HTMLElement => find(host, '.plens-tooltip:last-child');
export const labels = ({ context }: Drawn): readonly string[] => context.texts.map(({ text }) => text);
export const stretchesOf = ({ context }: Drawn, row: number): readonly PaintedStretch[] =>
  context.stretchesAt(row * 22 + 10);
export const coloursOf = (drawn: Drawn, row: number): readonly string[] =>
  stretchesOf(drawn, row).map(({ colour }) => colour);

export function press(target: HTMLElement, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  settle();
  return event;
}

export function point(drawn: Drawn, type: string, x: number, row: number): void {
  const place = { clientX: x, clientY: row * 22 + 10, bubbles: true, cancelable: true };
  canvasOf(drawn).dispatchEvent(new MouseEvent(type, place));
  settle();
}

export function click(drawn: Drawn, text: string, within = ''): void {
  const all = [...drawn.host.querySelectorAll<HTMLElement>(`${within} button`)];
  const button = all.find(({ textContent }) => textContent === text);
  if (button === undefined) throw new Error(`no button says ${text}`);
  button.click();
  settle();
}

export function type(drawn: Drawn, text: string): void {
  const input = drawn.host.querySelector('input');
  if (input === null) throw new Error('no search field');
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  settle();
}

/** The texts of the table's rows; shares stand in cells of their own and are left out. */
export const rowsOf = ({ host }: Drawn): readonly string[] =>
  [...host.querySelectorAll<HTMLElement>('.plens-table-window .plens-row')]
    .filter(({ hidden }) => !hidden)
    .map((row) => [...row.querySelectorAll('.plens-cell-text')].map(({ textContent }) => textContent).join(' | '));

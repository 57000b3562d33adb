/** Keeps one drawing alive across React's renders and tells it what changed. */
import { useEffect, useRef } from 'react';
import type { FlameGraphData } from '../flamegraph/flameGraphData.ts';
import { mountFlameGraph } from '../flamegraph/mountFlameGraph.ts';
import type {
  FlameGraphHandle,
  FlameGraphOptions,
  FlameGraphState,
  FlameGraphTheme,
} from '../flamegraph/mountFlameGraph.types.ts';
import { isSameState } from './panelOptions.ts';

interface Props {
  readonly graph: FlameGraphData;
  readonly theme: FlameGraphTheme;
  readonly state: FlameGraphState;
  readonly onStateChange: (state: FlameGraphState) => void;
  readonly menuItems: NonNullable<FlameGraphOptions['menuItems']>;
  readonly width: number;
  readonly height: number;
  /** A newer answer is on its way. */
  readonly isStale: boolean;
  readonly detail?: NonNullable<FlameGraphOptions['detail']>;
  readonly frameTypes?: NonNullable<FlameGraphOptions['frameTypes']>;
  /** The graph alone. */
  readonly isCompact?: boolean;
}

export function FlameGraphHost(props: Props) {
  const {
    graph,
    theme,
    state,
    onStateChange,
    menuItems,
    width,
    height,
    isStale,
    detail,
    frameTypes,
    isCompact = false,
  } = props;
  const host = useRef<HTMLDivElement>(null);
  const handle = useRef<FlameGraphHandle>(undefined);
  // The drawing was told or told us this already: setting it again would only disturb who is typing.
  const known = useRef(state);
  const tell = useRef(onStateChange);
  tell.current = onStateChange;
  const offer = useRef(menuItems);
  offer.current = menuItems;
  const parts = useRef(detail);
  parts.current = detail;

  const tellTypes = useRef(frameTypes);
  tellTypes.current = frameTypes;

  useEffect(() => {
    if (host.current === null) return undefined;
    const mounted = mountFlameGraph(host.current, {
      theme,
      state: known.current,
      onStateChange: (next) => {
        known.current = next;
        tell.current(next);
      },
      menuItems: (frame) => offer.current(frame),
      isCompact,
      frameTypes: (data) => tellTypes.current?.(data) ?? Promise.resolve(new Map()),
      ...(parts.current !== undefined && {
        detail: { open: (stack) => parts.current?.open(stack), leave: () => parts.current?.leave() },
      }),
    });
    handle.current = mounted;
    return () => {
      handle.current = undefined;
      mounted.destroy();
    };
    // Once: the effects below tell of every change.
  }, []);
  useEffect(() => handle.current?.setTheme(theme), [theme]);
  useEffect(() => handle.current?.setData(graph), [graph]);
  useEffect(() => {
    if (isSameState(known.current, state)) return;
    known.current = state;
    handle.current?.setState(state);
  }, [state]);
  useEffect(() => handle.current?.resize(), [width, height]);

  return (
    <div
      ref={host}
      aria-busy={isStale}
      style={{ width, height, overflow: 'hidden', opacity: isStale ? 0.6 : 1, transition: 'opacity 0.3s 0.3s' }}
    />
  );
}

/**
 * Draws how much there was over time, and lets a person drag over a part of it.
 *
 * Shape:  a point holds what lies in the step that ends at its time; points without profiles are missing and stay empty.
 * Units:  times in milliseconds since 1970; values as `format` writes them.
 */
import { momentLabel, timeTicks, valueTicks } from './chartScale.ts';
import { element, svgElement } from './element.ts';
import type { SeriesPoint } from './askServer.ts';
import type { MillisRange } from './timeRange.ts';

export interface ChartData extends MillisRange {
  readonly points: readonly SeriesPoint[];
  readonly stepMillis: number;
  readonly format: (value: number) => string;
  /** Bytes are. */
  readonly inPowersOfTwo: boolean;
}

export interface ChartOptions {
  readonly onBrush: (range: MillisRange) => void;
  /** What is under the pointer, or nothing. */
  readonly onHover: (text: string) => void;
}

export interface Chart {
  setData(data: ChartData): void;
  destroy(): void;
}

const plotHeight = 110;
const axisHeight = 20;
/** A shorter drag is a click with an unsteady hand. */
const leastBrushPixels = 6;
const pixelsPerTick = 90;

export function mountChart(host: HTMLElement, { onBrush, onHover }: ChartOptions): Chart {
  const svg = svgElement('svg', { class: 'chart', height: plotHeight + axisHeight, role: 'img' });
  const brush = element('div', { class: 'brush', hidden: '' });
  host.replaceChildren(svg, brush);
  let data: ChartData | undefined;
  const draw = () => {
    if (data !== undefined) drawChart(svg, data, host.clientWidth);
  };
  const observer = new ResizeObserver(draw);
  observer.observe(host);
  const stopBrush = followBrush(host, brush, (from, to) => {
    if (data === undefined) return;
    const [startMillis, endMillis] = [timeAt(data, from), timeAt(data, to)];
    onBrush({ startMillis: Math.floor(startMillis), endMillis: Math.ceil(endMillis) });
  });
  const onMove = ({ offsetX }: PointerEvent) => {
    if (data !== undefined) onHover(textAt(data, timeAt(data, offsetX / Math.max(1, host.clientWidth))));
  };
  const onLeave = () => onHover('');
  svg.addEventListener('pointermove', onMove);
  svg.addEventListener('pointerleave', onLeave);
  return {
    setData: (next) => {
      data = next;
      draw();
    },
    destroy: () => {
      observer.disconnect();
      stopBrush();
      svg.removeEventListener('pointermove', onMove);
      svg.removeEventListener('pointerleave', onLeave);
      host.replaceChildren();
    },
  };
}

/** `share` of the width from the left. */
const timeAt = ({ startMillis, endMillis }: MillisRange, share: number): number =>
  startMillis + Math.min(1, Math.max(0, share)) * (endMillis - startMillis);

function textAt({ points, stepMillis, format }: ChartData, timeMillis: number): string {
  const point = points.find((one) => one.timeMillis - stepMillis < timeMillis && timeMillis <= one.timeMillis);
  const moment = momentLabel(point?.timeMillis ?? Math.round(timeMillis / 1_000) * 1_000, Date.now());
  return `${moment}  ${point === undefined ? 'no profiles' : format(point.value)}`;
}

function drawChart(svg: SVGSVGElement, data: ChartData, width: number): void {
  const { points, startMillis, endMillis, stepMillis, format, inPowersOfTwo } = data;
  const most = points.reduce((max, { value }) => Math.max(max, value), 0);
  const rows = valueTicks(most, inPowersOfTwo);
  const top = rows[rows.length - 1] ?? 1;
  const x = (millis: number): number =>
    Math.min(width, Math.max(0, ((millis - startMillis) / (endMillis - startMillis)) * width));
  // A hair of room, so that the highest value is not cut.
  const y = (value: number): number => plotHeight - (value / top) * (plotHeight - 12);
  const bars = points
    .map(({ timeMillis, value }) => {
      const [left, right] = [x(timeMillis - stepMillis), x(timeMillis)];
      const gap = right - left > 4 ? 1 : 0;
      return `M${left.toFixed(1)} ${plotHeight}V${y(value).toFixed(1)}H${(right - gap).toFixed(1)}V${plotHeight}Z`;
    })
    .join('');
  svg.setAttribute('width', String(width));
  svg.setAttribute('viewBox', `0 0 ${width} ${plotHeight + axisHeight}`);
  svg.setAttribute(
    'aria-label',
    `${points.length} points over time, at most ${format(most)}; drag to narrow the range`,
  );
  svg.replaceChildren(
    ...rows.map((value) => svgElement('line', { class: 'grid', x1: 0, x2: width, y1: y(value), y2: y(value) })),
    svgElement('path', { class: 'bars', d: bars }),
    ...rows
      .filter((value) => value > 0)
      .map((value) => svgElement('text', { class: 'value', x: 4, y: y(value) - 3 }, format(value))),
    ...timeTicks(startMillis, endMillis, Math.max(2, Math.floor(width / pixelsPerTick))).map(({ at, label }) =>
      // Labels at the edges would be cut in half.
      svgElement('text', { class: 'time', x: Math.min(width - 22, Math.max(22, x(at))), y: plotHeight + 15 }, label),
    ),
  );
}

/** Tells the dragged part as shares of the width. */
function followBrush(host: HTMLElement, brush: HTMLElement, onDone: (from: number, to: number) => void): () => void {
  let startX: number | undefined;
  const xOf = ({ clientX }: PointerEvent): number => {
    const { left, width } = host.getBoundingClientRect();
    return Math.min(width, Math.max(0, clientX - left));
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    startX = xOf(event);
    host.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    if (startX === undefined) return;
    const x = xOf(event);
    brush.hidden = Math.abs(x - startX) < leastBrushPixels;
    brush.style.left = `${Math.min(x, startX)}px`;
    brush.style.width = `${Math.abs(x - startX)}px`;
  };
  const onUp = (event: PointerEvent) => {
    if (startX === undefined) return;
    const [from, to] = [Math.min(startX, xOf(event)), Math.max(startX, xOf(event))];
    const { width } = host.getBoundingClientRect();
    onCancel();
    if (to - from >= leastBrushPixels) onDone(from / width, to / width);
  };
  const onCancel = () => {
    startX = undefined;
    brush.hidden = true;
  };
  const listeners = [
    ['pointerdown', onDown],
    ['pointermove', onMove],
    ['pointerup', onUp],
    ['pointercancel', onCancel],
  ] as const;
  for (const [name, listener] of listeners) host.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of listeners) host.removeEventListener(name, listener);
  };
}

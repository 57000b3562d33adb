/**
 * Where the lines of a chart go.
 *
 * Units: milliseconds across, the shown unit upwards, pixels out.
 */
import { timeTicks, valueTicks } from '../../page/chartScale.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import type { TimedValue } from '../../datasource/data/promAnswer.ts';

export interface ChartBox {
  readonly width: number;
  readonly height: number;
}
export interface ChartLine {
  readonly name: string;
  readonly points: readonly TimedValue[];
}

const pixelsPerTick = 90;
/** So that the highest value is not cut. */
const headroom = 8;
/** A gap is drawn where more than this many steps lack profiles. */
const longestBridge = 2.5;

export function layoutChart(lines: readonly ChartLine[], range: MillisRange, stepMillis: number, box: ChartBox) {
  const most = lines.reduce((max, { points }) => points.reduce((top, { value }) => Math.max(top, value), max), 0);
  const rows = valueTicks(most);
  const top = rows.at(-1) ?? 1;
  const length = Math.max(1, range.endMillis - range.startMillis);
  const x = (millis: number): number => ((millis - range.startMillis) / length) * box.width;
  const y = (value: number): number => box.height - (value / top) * (box.height - headroom);
  return {
    paths: lines.map(({ points }) => pathOf(points, stepMillis, x, y)),
    areas: lines.map(({ points }) => areaOf(points, stepMillis, x, y, box.height)),
    rows: rows.map((value) => ({ value, y: y(value) })),
    columns: timeTicks(range.startMillis, range.endMillis, Math.max(2, Math.floor(box.width / pixelsPerTick))).map(
      ({ at, label }) => ({ x: x(at), label }),
    ),
    x,
  };
}

type Scale = (value: number) => number;

const runsOf = (points: readonly TimedValue[], stepMillis: number): readonly (readonly TimedValue[])[] => {
  const runs: TimedValue[][] = [];
  let before = -Infinity;
  for (const point of points) {
    if (point.timeMillis - before > stepMillis * longestBridge) runs.push([]);
    runs.at(-1)?.push(point);
    before = point.timeMillis;
  }
  return runs;
};

const pathOf = (points: readonly TimedValue[], stepMillis: number, x: Scale, y: Scale): string =>
  runsOf(points, stepMillis)
    .map((run) => {
      const line = run.map(({ timeMillis, value }) => `${x(timeMillis).toFixed(1)} ${y(value).toFixed(1)}`);
      // A lone point would be a line of no length.
      return line.length === 1 ? `M${line[0]}h1` : `M${line.join('L')}`;
    })
    .join('');

const areaOf = (points: readonly TimedValue[], stepMillis: number, x: Scale, y: Scale, bottom: number): string =>
  runsOf(points, stepMillis)
    .map((run) => {
      const [first, last] = [run[0]?.timeMillis ?? 0, run.at(-1)?.timeMillis ?? 0];
      const line = run.map(({ timeMillis, value }) => `L${x(timeMillis).toFixed(1)} ${y(value).toFixed(1)}`).join('');
      return `M${x(first).toFixed(1)} ${bottom}${line}L${x(last).toFixed(1)} ${bottom}Z`;
    })
    .join('');

/** Values over time as lines in Grafana's colours; a drag over a part of it chooses that part. */
import { useTheme2 } from '@grafana/ui';
import type { PointerEvent } from 'react';
import { useMemo, useState } from 'react';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { momentLabel } from '../../page/chartScale.ts';
import type { ChartLine } from '../data/chartLayout.ts';
import { layoutChart } from '../data/chartLayout.ts';
import { useWidth } from './useWidth.ts';

interface Props {
  readonly label: string;
  readonly lines: readonly ChartLine[];
  readonly range: MillisRange;
  readonly stepMillis: number;
  readonly format: (value: number) => string;
  /** Without it the chart is only looked at. */
  readonly onBrush?: (range: MillisRange) => void;
  /** A part that stands out. */
  readonly marked?: MillisRange;
  readonly height?: number;
}

const axisHeight = 20;
/** A shorter drag is a click with an unsteady hand. */
const leastBrushPixels = 6;

export function TimeChart({ label, lines, range, stepMillis, format, onBrush, marked, height = 120 }: Props) {
  const { ref, width } = useWidth();
  const { colors, visualization } = useTheme2();
  const [drag, setDrag] = useState<readonly [number, number]>();
  const [hovered, setHovered] = useState<number>();
  const box = { width: Math.max(1, width), height };
  const chart = useMemo(
    () => layoutChart(lines, range, stepMillis, box),
    [lines, range, stepMillis, box.width, height],
  );
  const colour = (line: number): string => visualization.getColorByName(visualization.palette[line] ?? 'blue');
  const timeAt = (x: number): number => range.startMillis + (x / box.width) * (range.endMillis - range.startMillis);
  const xOf = (event: PointerEvent): number => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(box.width, event.clientX - left));
  };
  const finish = () => {
    setDrag(undefined);
    if (drag === undefined || Math.abs(drag[1] - drag[0]) < leastBrushPixels) return;
    onBrush?.({ startMillis: timeAt(Math.min(...drag)), endMillis: timeAt(Math.max(...drag)) });
  };
  return (
    <div ref={ref} style={{ position: 'relative' }}>
      <svg
        role="img"
        aria-label={`${label}: ${summaryOf(lines, format)}${onBrush === undefined ? '' : '; drag to narrow the range'}`}
        width={box.width}
        height={height + axisHeight}
        style={{ display: 'block', touchAction: 'pan-y', cursor: onBrush === undefined ? 'default' : 'crosshair' }}
        onPointerDown={(event) => {
          if (onBrush === undefined || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([xOf(event), xOf(event)]);
        }}
        onPointerMove={(event) => {
          setHovered(xOf(event));
          if (drag !== undefined) setDrag([drag[0], xOf(event)]);
        }}
        onPointerUp={finish}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setHovered(undefined)}
      >
        <Lines chart={chart} lines={lines} width={box.width} colour={colour} />
        {marked && <Part chart={chart} part={marked} fill={colors.action.selected} />}
        {drag && (
          <rect
            x={Math.min(...drag)}
            y={0}
            width={Math.abs(drag[1] - drag[0])}
            height={height}
            fill={colors.action.focus}
          />
        )}
        <Axes chart={chart} box={box} format={format} />
      </svg>
      {hovered !== undefined && lines.length > 0 && (
        <Reading lines={lines} timeMillis={timeAt(hovered)} stepMillis={stepMillis} format={format} colour={colour} />
      )}
    </div>
  );
}

type Chart = ReturnType<typeof layoutChart>;

interface LinesProps extends Pick<Props, 'lines'> {
  readonly chart: Chart;
  readonly width: number;
  readonly colour: (line: number) => string;
}

function Lines({ chart, lines, width, colour }: LinesProps) {
  const { colors } = useTheme2();
  return (
    <>
      {chart.rows.map((row) => (
        <line key={row.value} x1={0} x2={width} y1={row.y} y2={row.y} stroke={colors.border.weak} />
      ))}
      {lines.map(({ name }, line) => (
        <g key={name}>
          <path d={chart.areas[line]} fill={colour(line)} opacity={0.15} />
          <path d={chart.paths[line]} fill="none" stroke={colour(line)} strokeWidth={1.5} />
        </g>
      ))}
    </>
  );
}

interface AxesProps extends Pick<Props, 'format'> {
  readonly chart: Chart;
  readonly box: { readonly width: number; readonly height: number };
}

function Axes({ chart, box, format }: AxesProps) {
  const { colors, typography } = useTheme2();
  const axis = { fill: colors.text.secondary, fontSize: typography.bodySmall.fontSize };
  return (
    <>
      {chart.rows
        .filter(({ value }) => value > 0)
        .map((row) => (
          <text key={row.value} x={4} y={row.y + 12} style={axis}>
            {format(row.value)}
          </text>
        ))}
      {chart.columns.map(({ x, label: text }) => (
        // Labels at the edges would be cut in half.
        <text
          key={x}
          x={Math.min(box.width - 20, Math.max(20, x))}
          y={box.height + 15}
          textAnchor="middle"
          style={axis}
        >
          {text}
        </text>
      ))}
    </>
  );
}

function Part({ chart, part, fill }: { chart: Chart; part: MillisRange; fill: string }) {
  const [left, right] = [chart.x(part.startMillis), chart.x(part.endMillis)];
  return <rect x={left} y={0} width={Math.max(1, right - left)} height="100%" fill={fill} />;
}

interface ReadingProps extends Pick<Props, 'lines' | 'stepMillis' | 'format'> {
  readonly timeMillis: number;
  readonly colour: (line: number) => string;
}

/** What is under the pointer; a point holds what lies in the step that ends at it. */
function Reading({ lines, timeMillis, stepMillis, format, colour }: ReadingProps) {
  const { colors, shape, typography, spacing } = useTheme2();
  const found = lines.map(({ points }) =>
    points.find((point) => point.timeMillis - stepMillis < timeMillis && timeMillis <= point.timeMillis),
  );
  return (
    <div
      style={{
        position: 'absolute',
        top: 0,
        right: 0,
        pointerEvents: 'none',
        padding: spacing(0.25, 1),
        background: colors.background.elevated,
        borderRadius: shape.radius.default,
        fontSize: typography.bodySmall.fontSize,
      }}
    >
      {momentLabel(Math.round(timeMillis / 1_000) * 1_000, Date.now())}
      {lines.map(({ name }, line) => (
        <span key={name} style={{ marginLeft: spacing(1) }}>
          {lines.length > 1 && <span style={{ color: colour(line) }}>■ {name} </span>}
          {found[line] === undefined ? 'no profiles' : format(found[line].value)}
        </span>
      ))}
    </div>
  );
}

function summaryOf(lines: readonly ChartLine[], format: (value: number) => string): string {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return 'no profiles';
  const most = points.reduce((max, { value }) => Math.max(max, value), 0);
  return `${points.length} points over time, at most ${format(most)}`;
}

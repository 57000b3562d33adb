/** A line of values in a cell. */
import { useTheme2 } from '@grafana/ui';
import type { TimedValue } from '../../datasource/data/promAnswer.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { layoutChart } from '../data/chartLayout.ts';

interface Props {
  readonly points: readonly TimedValue[];
  readonly range: MillisRange;
  readonly label: string;
}

const box = { width: 110, height: 24 };
const steps = 40;

export function Spark({ points, range, label }: Props) {
  const { visualization } = useTheme2();
  const colour = visualization.getColorByName('blue');
  const { paths, areas } = layoutChart(
    [{ name: '', points }],
    range,
    (range.endMillis - range.startMillis) / steps,
    box,
  );
  return (
    <svg role="img" aria-label={label} width={box.width} height={box.height} style={{ display: 'block' }}>
      <path d={areas[0]} fill={colour} opacity={0.2} />
      <path d={paths[0]} fill="none" stroke={colour} strokeWidth={1.2} />
    </svg>
  );
}

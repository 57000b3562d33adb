/**
 * The answer of Diff as the frame that Grafana's flame graph panels draw as a difference: level, value, self, label, and
 * valueRight and selfRight of what is compared; value and self are the baseline's.
 *
 * Shape:  levels hold seven numbers per bar, as strings: offset, total and self of the left side, the same of the right,
 *         index into names. Both trees have the same bars; a side that lacks one has zeros.
 * Source: querier.v1.FlameGraphDiff; reference pyroscope-api 2.2.
 */
import type { DataFrame, Field } from '@grafana/data';
import { createDataFrame, FieldType } from '@grafana/data';
import { decodeLevels } from '../../flamegraph/decodeLevels.ts';
import type { FlameGraphData } from '../../flamegraph/flameGraphData.ts';
import { profileTypeLabel } from '../../flamegraph/profileTypeMeaning.ts';
import type { Accuracy } from './accuracy.ts';
import { flameGraphUnit } from './profileTypeUnits.ts';

export interface DiffAnswer {
  readonly names?: readonly string[];
  readonly levels?: readonly { readonly values?: readonly string[] }[];
  readonly leftTicks?: string;
  readonly rightTicks?: string;
}

const numbersPerBar = 7;

export const isEmptyDiff = ({ leftTicks = '0', rightTicks = '0' }: DiffAnswer): boolean =>
  Number(leftTicks) === 0 && Number(rightTicks) === 0;

export function decodeDiff(answer: DiffAnswer, unit: string): FlameGraphData {
  const bars = (answer.levels ?? []).flatMap(({ values = [] }) =>
    Array.from({ length: Math.floor(values.length / numbersPerBar) }, (_, bar) =>
      values.slice(bar * numbersPerBar, (bar + 1) * numbersPerBar),
    ),
  );
  const shape = decodeLevels({ names: bars.map((_, bar) => String(bar)), levels: bothSides(answer) }, unit);
  const column = (place: number) => Float64Array.from(shape.name, (bar) => Number(bars[bar]?.[place] ?? 0));
  return {
    count: shape.count,
    level: shape.level,
    name: Uint32Array.from(column(6)),
    names: answer.names ?? [],
    total: column(1),
    self: column(2),
    totalRight: column(4),
    selfRight: column(5),
    unit,
  };
}

/** One graph as wide as both sides together, whose "name" is the number of the bar: it says which bar lies under which. */
function bothSides({ levels = [] }: DiffAnswer): readonly { readonly values: readonly string[] }[] {
  let bar = 0;
  return levels.map(({ values = [] }) => {
    const joined: string[] = [];
    for (let at = 0; at + numbersPerBar <= values.length; at += numbersPerBar) {
      joined.push(sum(values[at], values[at + 3]), sum(values[at + 1], values[at + 4]), '0', String(bar++));
    }
    return { values: joined };
  });
}

/** Sums of nanoseconds pass 2^53. */
const sum = (left = '0', right = '0'): string => String(BigInt(left) + BigInt(right));

export interface DiffSides {
  /** What the baseline is, for people. */
  readonly baseline: string;
  readonly baselineStartMillis: number;
  readonly baselineEndMillis: number;
  readonly startMillis: number;
  readonly endMillis: number;
  readonly accuracy?: Accuracy;
}

/** A side without profiles makes everything look new, or gone. */
function oneSidedText({ leftTicks = '0', rightTicks = '0' }: DiffAnswer): string {
  if (Number(leftTicks) === 0) return 'The baseline has no profiles in its time range, so everything looks new.';
  return Number(rightTicks) === 0 ? 'What is compared has no profiles in its time range, so everything looks gone.' : '';
}

export function diffFrame(refId: string, profileTypeId: string, answer: DiffAnswer, sides: DiffSides): DataFrame {
  const unit = flameGraphUnit(profileTypeId);
  const graph = decodeDiff(answer, unit);
  const oneSided = oneSidedText(answer);
  const numbers = (name: string, displayName: string, values: ArrayLike<number> | undefined): Partial<Field> => ({
    name,
    type: FieldType.number,
    config: { displayName, ...(name !== 'level' && { unit }) },
    values: Array.from(values ?? []),
  });
  return createDataFrame({
    name: `${profileTypeLabel(profileTypeId)} against ${sides.baseline}`,
    refId,
    meta: {
      preferredVisualisationType: 'flamegraph',
      custom: { profileTypeId, ...sides },
      ...(oneSided !== '' && { notices: [{ severity: 'warning', text: oneSided }] }),
    },
    fields: [
      numbers('level', 'Level', graph.level),
      numbers('value', 'Baseline total', graph.total),
      numbers('self', 'Baseline self', graph.self),
      numbers('valueRight', 'Total', graph.totalRight),
      numbers('selfRight', 'Self', graph.selfRight),
      {
        name: 'label',
        type: FieldType.enum,
        config: { displayName: 'Function', type: { enum: { text: [...graph.names] } } },
        values: [...graph.name],
      },
    ].map((field) => ({ ...field, name: field.name ?? '' })),
  });
}

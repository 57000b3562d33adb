/**
 * Makes the model's profiles of samples that are read: one for each service and sample type, with series labels.
 *
 * Shape:  stacks and labels of the sample types of one profile are the same columns.
 * Units:  values times the factor of the profile's kind. One that passes 2^63 - 1 drops its sample type, told in leftOut.
 */
import type { LabelledProfile, LeftOut } from '../../model/labelledProfile.ts';
import type { Profile } from '../../model/profile.ts';
import type { ProfileTables } from '../../model/profileBuilder.ts';
import type { Attributes } from './otlpLabels.ts';
import { otlpLabelsOf } from './otlpLabels.ts';
import type { ProfileHead } from './profileHead.ts';
import { profileKindOf } from './profileKind.ts';
import type { SampleColumns, Samples } from './readSamples.ts';

export function* labelledProfilesOf(
  head: ProfileHead,
  samples: Samples,
  attributes: Attributes,
  tables: ProfileTables,
  format: string,
  leftOut: LeftOut[],
): Generator<LabelledProfile> {
  for (const [service, columns] of samples.byService) {
    const shared = sharedColumnsOf(columns, tables);
    for (const [type, given] of head.sampleTypes.entries()) {
      const { name, sampleType, factor } = profileKindOf(given, head.periodType, head.period);
      const values = valuesOf(columns, type, head.sampleTypes.length);
      if (!multiply(values, factor)) {
        const message = `${format}: values of ${given.type}:${given.unit} times the period ${factor} pass 2^63`;
        leftOut.push({ reason: 'malformed_profile', samples: columns.count, message });
        continue;
      }
      const { periodType, period, timeNanos, durationNanos } = head;
      yield {
        labels: otlpLabelsOf(attributes, name, service),
        profile: { sampleTypes: [sampleType], periodType, period, timeNanos, durationNanos, ...shared, values },
      };
    }
  }
}

type SharedColumns = Pick<
  Profile,
  'defaultSampleType' | 'sampleCount' | 'labelStart' | 'labelName' | 'labelText' | 'stacks'
>;

const sharedColumnsOf = (columns: SampleColumns, tables: ProfileTables): SharedColumns => ({
  defaultSampleType: '',
  sampleCount: columns.count,
  labelStart: columns.labelStart.finish(),
  labelName: columns.labelName.finish(),
  labelText: columns.labelText.finish(),
  stacks: {
    ...tables,
    stackCount: columns.count,
    stackStart: columns.stackStart.finish(),
    stackLocations: columns.stackLocations.finish(),
  },
});

function valuesOf(columns: SampleColumns, type: number, typeCount: number): BigInt64Array {
  const values = new BigInt64Array(columns.count);
  const words = new Uint32Array(values.buffer);
  for (let i = 0; i < columns.count; i++) {
    const from = 2 * (i * typeCount + type);
    words[2 * i] = columns.valueWords.at(from);
    words[2 * i + 1] = columns.valueWords.at(from + 1);
  }
  return values;
}

/** false: a product does not fit. */
function multiply(values: BigInt64Array, factor: bigint): boolean {
  if (factor === 1n) return true;
  for (let i = 0; i < values.length; i++) {
    const product = (values[i] ?? 0n) * factor;
    if (BigInt.asIntN(64, product) !== product) return false;
    values[i] = product;
  }
  return true;
}

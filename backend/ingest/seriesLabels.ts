/**
 * Labels of a series, from what the sender gave: renamed, completed, sorted and checked.
 *
 * Errors: InputError invalid_argument, worded as Pyroscope's, with the reason it is counted under.
 * Source: reference pyroscope-api 3.3 (default relabel rules), 3.4, 3.5.
 */
import { InputError } from '../errors.ts';
import type { DiscardReason } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Label, Labels } from '../model/labels.ts';
import {
  formatLabels,
  labelValue,
  metricNameLabel,
  profileTypeLabel,
  serviceNameLabel,
  sortLabels,
} from '../model/labels.ts';
import type { ValueType } from '../model/profile.ts';
import { formatProfileType } from '../model/profileType.ts';

type LabelLimits = Pick<Limits, 'labelNamesPerSeries' | 'labelNameBytes' | 'labelValueBytes'>;

/** Labels that tell how a profile was sent and not what it is of. */
const transportLabels = new Set(['__delta__', '__order__', '__session_id__']);

/** What the server itself writes into every series (reference: pyroscope-api 3.4). */
const typeLabels = new Set([
  profileTypeLabel,
  '__type__',
  '__unit__',
  '__period_type__',
  '__period_unit__',
  '__service_name__',
]);

/** A label without a value is none, as in Prometheus. */
export const hasValue = ({ value }: Label): boolean => value !== '';

/** Labels that no sample may bring. */
export const isReservedLabel = (name: string): boolean => typeLabels.has(name) || transportLabels.has(name);

/** The labels of the series that holds one sample type of a profile. */
export function withTypeLabels(labels: Labels, valueType: ValueType, periodType: ValueType | undefined): TypedLabels {
  const profileType = formatProfileType({
    name: labelValue(labels, metricNameLabel) ?? '',
    sampleType: valueType.type,
    sampleUnit: valueType.unit,
    periodType: periodType?.type ?? '',
    periodUnit: periodType?.unit ?? '',
  });
  const written = [
    { name: profileTypeLabel, value: profileType },
    { name: '__type__', value: valueType.type },
    { name: '__unit__', value: valueType.unit },
    { name: '__service_name__', value: labelValue(labels, serviceNameLabel) ?? '' },
    ...(periodType === undefined
      ? []
      : [
          { name: '__period_type__', value: periodType.type },
          { name: '__period_unit__', value: periodType.unit },
        ]),
  ];
  const kept = labels.filter(({ name }) => !typeLabels.has(name));
  return { labels: sortLabels([...kept, ...written].filter(hasValue)), profileType };
}

export interface TypedLabels {
  readonly labels: Labels;
  readonly profileType: string;
}

export function seriesLabelsOf(given: readonly Label[], limits: LabelLimits): Labels {
  if (given.length === 0) throw refused('missing_labels', 'error at least one label pair is required per profile');
  const complete =
    labelValue(given, serviceNameLabel) === undefined
      ? [...given, { name: serviceNameLabel, value: 'unknown_service' }]
      : given;
  const labels = sortLabels(relabel(complete));
  checkLabels(labels, limits);
  return labels.filter((label) => !transportLabels.has(label.name) && hasValue(label));
}

function relabel(labels: readonly Label[]): readonly Label[] {
  const name = labelValue(labels, metricNameLabel) ?? '';
  if (name === 'wall' && labelValue(labels, '__type__') === 'cpu') return renamed(labels, name, 'process_cpu');
  const delta = /^godeltaprof_(.*)$/s.exec(name)?.[1];
  return delta === undefined ? labels : renamed(labels, name, delta);
}

const renamed = (labels: readonly Label[], before: string, after: string): readonly Label[] => [
  ...labels.filter(({ name }) => name !== metricNameLabel && name !== '__name_replaced__'),
  { name: metricNameLabel, value: after },
  { name: '__name_replaced__', value: before },
];

function checkLabels(labels: Labels, limits: LabelLimits): void {
  if (labels.length > limits.labelNamesPerSeries) {
    throw refused(
      'max_label_names_per_series',
      `profile series '${formatLabels(labels)}' has ${labels.length} label names; limit ${limits.labelNamesPerSeries} (--max-label-names)`,
    );
  }
  if ((labelValue(labels, metricNameLabel) ?? '') === '') {
    throw refused('invalid_labels', `invalid labels '${formatLabels(labels)}' with error: invalid metric name`);
  }
  if (labelValue(labels, serviceNameLabel) === '') {
    throw refused(
      'missing_labels',
      `invalid labels '${formatLabels(labels)}' with error: service name is not provided`,
    );
  }
  labels.forEach(({ name, value }, i) => {
    const wrong = wrongLabel(name, value, limits);
    if (wrong !== undefined)
      throw refused(wrong.reason, `profile with labels '${formatLabels(labels)}' has ${wrong.message}`);
    if (labels[i - 1]?.name === name) {
      throw refused(
        'duplicate_label_names',
        `profile with labels '${formatLabels(labels)}' has duplicate label name: '${name}'`,
      );
    }
  });
}

/** What is wrong with a single label; undefined: nothing. Text is valid UTF-8 already, as protobuf demands. */
export function wrongLabel(
  name: string,
  value: string,
  limits: Pick<LabelLimits, 'labelNameBytes' | 'labelValueBytes'>,
): { readonly reason: DiscardReason; readonly message: string } | undefined {
  if (name === '') return { reason: 'invalid_labels', message: `an empty label name` };
  if (isLonger(name, limits.labelNameBytes))
    return {
      reason: 'label_name_too_long',
      message: `label name too long (--max-label-name-length, limit: ${limits.labelNameBytes}): '${name}'`,
    };
  if (isLonger(value, limits.labelValueBytes))
    return {
      reason: 'label_value_too_long',
      message: `label value too long (--max-label-value-length, limit: ${limits.labelValueBytes}): '${value}'`,
    };
  return undefined;
}

/** UTF-8 takes at most three bytes for a UTF-16 unit, so most texts need no counting. */
const isLonger = (text: string, limitBytes: number): boolean =>
  text.length * 3 > limitBytes && Buffer.byteLength(text) > limitBytes;

const refused = (reason: DiscardReason, message: string): InputError =>
  new InputError('invalid_argument', message.slice(0, 4_096), reason);

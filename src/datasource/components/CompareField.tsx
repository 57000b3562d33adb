/** What a diff is against: so much earlier, another value of a label (a version), or other profiles. */
import type { TimeRange } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { Combobox, InlineField } from '@grafana/ui';
import type { Catalog } from '../data/catalog.ts';
import { describeComparison, offsetPresets, withoutLabel } from '../data/comparison.ts';
import { versionLabelOf } from '../data/newVersions.ts';
import type { Comparison } from '../data/profileQuery.ts';
import { SelectorText } from './LabelSelectorField.tsx';

interface Props {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
  readonly labelSelector: string;
  readonly comparison: Comparison | undefined;
  /** A table of functions may be without; a diff may not. */
  readonly isOptional: boolean;
  readonly onChange: (comparison: Comparison | undefined) => void;
}

const otherSelector = 'other profiles';

export function CompareField({ catalog, range, labelSelector, comparison, isOptional, onChange }: Props) {
  const choose = (key: string) => onChange(comparisonOfKey(key, labelSelector));
  return (
    <>
      <InlineField
        label="Compare with"
        tooltip="The baseline: the same profiles earlier (or as typed: 2d, 30m), another version, or other profiles."
      >
        <Combobox
          aria-label="Compare with"
          width={32}
          placeholder="nothing"
          isClearable={isOptional}
          createCustomValue
          options={(typed) => comparisonOptions(typed, catalog, labelSelector, range)}
          value={comparison === undefined ? null : { value: keyOf(comparison), label: labelOf(comparison) }}
          onChange={(option: ComboboxOption | null) => (option === null ? onChange(undefined) : choose(option.value))}
        />
      </InlineField>
      {comparison?.kind === 'selector' && (
        <SelectorText
          label="Baseline"
          selector={comparison.labelSelector}
          onChange={(next) => onChange({ ...comparison, labelSelector: next })}
        />
      )}
    </>
  );
}

const labelOf = (comparison: Comparison): string =>
  comparison.kind === 'selector' ? otherSelector : describeComparison(comparison);

/** As options are told apart; what is typed is an offset. */
function keyOf(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'offset':
      return comparison.offset;
    case 'label':
      return `${comparison.name}=${comparison.value}`;
    default:
      return otherSelector;
  }
}

function comparisonOfKey(key: string, labelSelector: string): Comparison {
  if (key === otherSelector) return { kind: 'selector', labelSelector };
  const label = /^([\w.]+)=(.*)$/.exec(key);
  return label === null
    ? { kind: 'offset', offset: key.trim() }
    : { kind: 'label', name: label[1] ?? '', value: label[2] ?? '' };
}

async function comparisonOptions(
  typed: string,
  catalog: Catalog,
  labelSelector: string,
  range: TimeRange | undefined,
): Promise<ComboboxOption[]> {
  const versions = await versionOptions(catalog, labelSelector, range).catch(() => []); // Offsets do without a server.
  const all: ComboboxOption[] = [
    ...offsetPresets.map(({ offset, label }) => ({ value: offset, label, description: `${offset} earlier` })),
    ...versions,
    { value: otherSelector, label: otherSelector, description: 'another selector' },
  ];
  const wanted = typed.toLowerCase();
  return all.filter(({ value, label = value }) => `${value} ${label}`.toLowerCase().includes(wanted));
}

async function versionOptions(
  catalog: Catalog,
  labelSelector: string,
  range: TimeRange | undefined,
): Promise<ComboboxOption[]> {
  const label = versionLabelOf(await catalog.labelNames('{}', range));
  if (label === undefined) return [];
  const values = await catalog.labelValues(label, withoutLabel(labelSelector, label), range);
  return values.map((value) => ({ value: `${label}=${value}`, label: `${label} ${value}` }));
}

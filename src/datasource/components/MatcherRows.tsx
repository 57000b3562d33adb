/** Label matchers as rows: label, operator, value. A row counts once it has a label and a value. */
import type { TimeRange } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { Button, Combobox, InlineField } from '@grafana/ui';
import { useState } from 'react';
import type { Catalog } from '../data/catalog.ts';
import type { LabelMatcher, MatchOperator } from '../data/labelSelector.ts';
import { formatLabelSelector } from '../data/labelSelector.ts';

import { optionsMatching } from './optionsMatching.ts';

interface Props {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
  readonly profileTypeId: string;
  readonly matchers: readonly LabelMatcher[];
  readonly onChange: (matchers: readonly LabelMatcher[]) => void;
}

const operators: ComboboxOption<MatchOperator>[] = [
  { value: '=', description: 'is' },
  { value: '!=', description: 'is not' },
  { value: '=~', description: 'fits the expression' },
  { value: '!~', description: 'does not fit the expression' },
];
const emptyRow: LabelMatcher = { name: '', operator: '=', value: '' };
const isWhole = ({ name, value }: LabelMatcher): boolean => name !== '' && value !== '';

export function MatcherRows({ catalog, range, profileTypeId, matchers, onChange }: Props) {
  const [rows, setRows] = useState<readonly LabelMatcher[]>(matchers.length > 0 ? matchers : [emptyRow]);
  const commit = (next: readonly LabelMatcher[]) => {
    setRows(next.length > 0 ? next : [emptyRow]);
    const whole = next.filter(isWhole);
    if (formatLabelSelector(whole) !== formatLabelSelector(matchers)) onChange(whole);
  };
  const changeRow = (at: number, part: Partial<LabelMatcher>) =>
    commit(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  /** What the other rows select: only labels and values that go with them are offered. */
  const selectorWithout = (at: number): string => {
    const type: LabelMatcher[] =
      profileTypeId === '' ? [] : [{ name: '__profile_type__', operator: '=', value: profileTypeId }];
    return formatLabelSelector([...type, ...rows.filter((row, i) => i !== at && isWhole(row))]);
  };
  return (
    <>
      {rows.map((row, at) => (
        <MatcherRow
          key={at}
          row={row}
          label={at === 0 ? 'Labels' : 'and'}
          names={() => catalog.labelNames(selectorWithout(at), range)}
          values={() => catalog.labelValues(row.name, selectorWithout(at), range)}
          onChange={(part) => changeRow(at, part)}
          onRemove={() => commit(rows.filter((_, i) => i !== at))}
        />
      ))}
      <Button
        aria-label="Add a label"
        icon="plus"
        variant="secondary"
        disabled={!rows.every(isWhole)}
        onClick={() => setRows([...rows, emptyRow])}
      />
    </>
  );
}

interface RowProps {
  readonly row: LabelMatcher;
  readonly label: string;
  readonly names: () => Promise<readonly string[]>;
  readonly values: () => Promise<readonly string[]>;
  readonly onChange: (part: Partial<LabelMatcher>) => void;
  readonly onRemove: () => void;
}

function MatcherRow({ row, label, names, values, onChange, onRemove }: RowProps) {
  return (
    <InlineField label={label} shrink>
      <div style={{ display: 'flex', flexWrap: 'wrap' }}>
        <Combobox
          aria-label="Label name"
          width={20}
          placeholder="label"
          createCustomValue
          options={(typed) => optionsMatching(typed, names())}
          value={row.name === '' ? null : row.name}
          onChange={({ value }) => onChange({ name: value })}
        />
        <Combobox<MatchOperator>
          aria-label="Operator"
          width={8}
          options={operators}
          value={row.operator}
          onChange={({ value }) => onChange({ operator: value })}
        />
        <Combobox
          aria-label="Label value"
          width={26}
          placeholder="value"
          disabled={row.name === ''}
          createCustomValue
          options={(typed) => optionsMatching(typed, values())}
          value={row.value === '' ? null : row.value}
          onChange={({ value }) => onChange({ value })}
        />
        <Button aria-label="Remove this label" icon="times" variant="secondary" onClick={onRemove} />
      </div>
    </InlineField>
  );
}

/** The rarer settings of a query, folded away. */
import type { TimeRange } from '@grafana/data';
import { InlineField, InlineFieldRow, Input, MultiCombobox } from '@grafana/ui';
import { useState } from 'react';
import type { ProfileQuery } from '../data/profileQuery.ts';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';
import { optionsMatching } from './optionsMatching.ts';

interface Props {
  readonly datasource: PyrolensDataSource;
  readonly range: TimeRange | undefined;
  readonly query: ProfileQuery;
  readonly onChange: (part: Partial<ProfileQuery>) => void;
}

export function QueryOptions({ datasource, range, query, onChange }: Props) {
  const hasMetrics = query.queryType !== 'profile';
  const hasFlameGraph = query.queryType !== 'metrics';
  return (
    <InlineFieldRow>
      {hasMetrics && (
        <>
          <InlineField label="Group by" tooltip="One series per value of these labels.">
            <MultiCombobox
              aria-label="Group by"
              width="auto"
              minWidth={20}
              maxWidth={60}
              placeholder="nothing"
              createCustomValue
              options={(typed) => optionsMatching(typed, datasource.labelNames(query.labelSelector, range))}
              value={query.groupBy}
              onChange={(options) => onChange({ groupBy: options.map(({ value }) => value) })}
            />
          </InlineField>
          <NumberField
            label="Limit"
            tooltip="Most series; those with the largest sums stay."
            placeholder="all"
            value={query.limit}
            onChange={(limit) => onChange({ limit })}
          />
          <TextField
            label="Step"
            tooltip="Least time between two points, as in 30s or $__interval."
            placeholder="auto"
            value={query.step ?? ''}
            onChange={(step) => onChange({ step: step === '' ? undefined : step })}
          />
        </>
      )}
      {hasFlameGraph && (
        <>
          <NumberField
            label="Max nodes"
            tooltip={'Most bars of the flame graph; smaller ones are summed up as "other".'}
            placeholder="8192"
            value={query.maxNodes}
            onChange={(maxNodes) => onChange({ maxNodes })}
          />
          <TextField
            label="Spans"
            tooltip="Only samples of these spans: IDs of 16 hex digits, separated by commas."
            placeholder="all"
            value={(query.spanSelector ?? []).join(', ')}
            onChange={(text) => onChange({ spanSelector: text.split(/[\s,]+/).filter((span) => span !== '') })}
          />
        </>
      )}
    </InlineFieldRow>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly tooltip: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** Tells of a change when the field is left or Enter is pressed, not with every key. */
function TextField({ label, tooltip, placeholder, value, onChange }: TextFieldProps) {
  const [text, setText] = useState(value);
  const commit = () => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <InlineField label={label} tooltip={tooltip}>
      <Input
        aria-label={label}
        width={14}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </InlineField>
  );
}

type NumberFieldProps = Omit<TextFieldProps, 'value' | 'onChange'> & {
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
};

function NumberField({ value, onChange, ...rest }: NumberFieldProps) {
  return (
    <TextField
      {...rest}
      value={value === undefined ? '' : String(value)}
      onChange={(text) => {
        const number = Number(text);
        onChange(Number.isInteger(number) && number > 0 ? number : undefined);
      }}
    />
  );
}

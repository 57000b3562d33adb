/** What a type of query needs besides profile type and selector, then the rarer settings, folded away. */
import type { TimeRange } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { Button, Combobox, InlineField, InlineFieldRow, MultiCombobox } from '@grafana/ui';
import { useState } from 'react';
import type { Catalog } from '../data/catalog.ts';
import type { ExemplarsOf, FunctionValue, ProfileQuery, ProfileQueryType, ShownAs } from '../data/profileQuery.ts';
import { defaultComparison } from '../data/profileQuery.ts';
import { CompareField } from './CompareField.tsx';
import { FunctionsField } from './FunctionsField.tsx';
import { optionsMatching } from './optionsMatching.ts';
import { ListField, NumberField, TextField } from './TextField.tsx';

interface Props {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
  readonly query: ProfileQuery;
  readonly onChange: (part: Partial<ProfileQuery>) => void;
}

type Option = 'compare' | 'group' | 'split' | 'functions' | 'of' | 'limit' | 'step' | 'nodes' | 'ids' | 'exemplars';

/** What each type of query reads of its options. */
const optionsOf: Readonly<Record<ProfileQueryType, readonly Option[]>> = {
  metrics: ['group', 'limit', 'step', 'exemplars'],
  profile: ['split', 'limit', 'nodes', 'ids'],
  both: ['group', 'split', 'limit', 'step', 'nodes', 'ids'],
  diff: ['compare', 'nodes', 'ids'],
  topFunctions: ['compare', 'group', 'limit', 'nodes', 'ids'],
  functionShare: ['functions', 'group', 'limit', 'step', 'nodes'],
  heatmap: ['of', 'step'],
  exemplars: ['of', 'limit', 'step'],
  versions: ['group'],
};

export function QueryOptions({ catalog, range, query, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const has = (option: Option): boolean => optionsOf[query.queryType].includes(option);
  const field = { catalog, range, labelSelector: query.labelSelector };
  const hasMore = (['step', 'nodes', 'ids', 'exemplars'] as const).some(has);
  return (
    <>
      <InlineFieldRow>
        {has('compare') && (
          <CompareField
            {...field}
            comparison={query.compareWith ?? (query.queryType === 'diff' ? defaultComparison : undefined)}
            isOptional={query.queryType !== 'diff'}
            onChange={(compareWith) => onChange({ compareWith })}
          />
        )}
        {has('functions') && (
          <FunctionsField
            {...field}
            profileTypeId={query.profileTypeId}
            functions={query.functions ?? []}
            onChange={(functions) => onChange({ functions })}
          />
        )}
        {has('functions') && <ShareFields query={query} onChange={onChange} />}
        {has('of') && (
          <InlineField label="Of" tooltip="Single profiles as agents push them, or spans of traces.">
            <Combobox<ExemplarsOf>
              aria-label="Of"
              width={16}
              options={subjects}
              value={query.exemplarsOf ?? 'profiles'}
              onChange={({ value }) => onChange({ exemplarsOf: value })}
            />
          </InlineField>
        )}
        {has('group') && <GroupByField {...field} query={query} onChange={onChange} />}
        {has('split') && <SplitField {...field} query={query} onChange={onChange} />}
        {has('limit') && (query.queryType !== 'profile' || query.splitBy !== undefined) && (
          <NumberField
            label="Limit"
            tooltip="At most so many; the largest stay."
            placeholder={query.queryType === 'metrics' ? 'all' : 'auto'}
            width={10}
            value={query.limit}
            onChange={(limit) => onChange({ limit })}
          />
        )}
        {hasMore && (
          <Button
            variant="secondary"
            fill="text"
            icon={isOpen ? 'angle-down' : 'angle-right'}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            Options
          </Button>
        )}
      </InlineFieldRow>
      {isOpen && hasMore && <MoreOptions has={has} query={query} onChange={onChange} />}
    </>
  );
}

const subjects: ComboboxOption<ExemplarsOf>[] = [
  { value: 'profiles', label: 'Profiles' },
  { value: 'spans', label: 'Spans' },
];
const values: ComboboxOption<FunctionValue>[] = [
  { value: 'total', label: 'Total', description: 'with what the function calls' },
  { value: 'self', label: 'Self', description: 'the function alone' },
];
const shown: ComboboxOption<ShownAs>[] = [
  { value: 'share', label: 'Percent', description: 'of everything that is selected' },
  { value: 'rate', label: 'Cores', description: 'or the unit per second that the profile type has' },
];

type PartProps = Pick<Props, 'query' | 'onChange'>;

function ShareFields({ query, onChange }: PartProps) {
  return (
    <>
      <InlineField label="Value">
        <Combobox<FunctionValue>
          aria-label="Value"
          width={12}
          options={values}
          value={query.functionValue ?? 'total'}
          onChange={({ value }) => onChange({ functionValue: value })}
        />
      </InlineField>
      <InlineField label="In">
        <Combobox<ShownAs>
          aria-label="In"
          width={14}
          options={shown}
          value={query.shownAs ?? 'share'}
          onChange={({ value }) => onChange({ shownAs: value })}
        />
      </InlineField>
    </>
  );
}

function GroupByField({ query, onChange, ...field }: Props) {
  const isVersion = query.queryType === 'versions';
  return (
    <LabelsField
      {...field}
      label={isVersion ? 'Version label' : 'Group by'}
      tooltip={isVersion ? 'The label whose new values are marked.' : 'One series per value of these labels.'}
      placeholder={isVersion ? 'version' : 'nothing'}
      labelSelector={query.labelSelector}
      value={query.groupBy}
      onChange={(groupBy) => onChange({ groupBy })}
    />
  );
}

function SplitField({ query, onChange, ...field }: Props) {
  return (
    <LabelsField
      {...field}
      label="Split by"
      tooltip="A flame graph for each value of these labels, beside each other: thread_name, pod, version."
      labelSelector={query.labelSelector}
      value={query.splitBy ?? []}
      onChange={(splitBy) => onChange({ splitBy: splitBy.length > 0 ? splitBy : undefined })}
    />
  );
}

interface LabelsFieldProps extends Pick<Props, 'catalog' | 'range'> {
  readonly label: string;
  readonly tooltip: string;
  readonly placeholder?: string;
  /** Whose labels are offered. */
  readonly labelSelector: string;
  readonly value: string[];
  readonly onChange: (labels: string[]) => void;
}

function LabelsField({
  catalog,
  range,
  label,
  tooltip,
  placeholder = 'nothing',
  labelSelector,
  value,
  onChange,
}: LabelsFieldProps) {
  return (
    <InlineField label={label} tooltip={tooltip}>
      <MultiCombobox
        aria-label={label}
        width="auto"
        minWidth={20}
        maxWidth={60}
        placeholder={placeholder}
        createCustomValue
        options={(typed) => optionsMatching(typed, catalog.labelNames(labelSelector, range))}
        value={value}
        onChange={(options) => onChange(options.map((option) => option.value))}
      />
    </InlineField>
  );
}

function MoreOptions({ has, query, onChange }: PartProps & { readonly has: (option: Option) => boolean }) {
  const { step, maxNodes, spanSelector, traceIdSelector, profileIdSelector, exemplarsOf } = query;
  return (
    <InlineFieldRow>
      {has('step') && (
        <TextField
          label="Step"
          tooltip="Least time between two points, as in 30s or $__interval."
          placeholder="auto"
          value={step ?? ''}
          onChange={(text) => onChange({ step: text === '' ? undefined : text })}
        />
      )}
      {has('exemplars') && (
        <InlineField label="Exemplars" tooltip="Marks single profiles over the graph; a mark leads to its flame graph.">
          <Combobox
            aria-label="Exemplars"
            width={10}
            options={[
              { value: 'off', label: 'Off' },
              { value: 'on', label: 'On' },
            ]}
            value={exemplarsOf === 'profiles' ? 'on' : 'off'}
            onChange={({ value }) => onChange({ exemplarsOf: value === 'on' ? 'profiles' : undefined })}
          />
        </InlineField>
      )}
      {has('nodes') && (
        <NumberField
          label="Max nodes"
          tooltip={'Most bars of the flame graph; smaller ones are summed up as "other".'}
          placeholder="8192"
          value={maxNodes}
          onChange={(value) => onChange({ maxNodes: value })}
        />
      )}
      {has('ids') && (
        <>
          <ListField
            label="Spans"
            tooltip="Only samples of these spans: IDs of 16 hex digits, separated by commas."
            placeholder="all"
            value={spanSelector}
            onChange={(ids) => onChange({ spanSelector: ids })}
          />
          <ListField
            label="Traces"
            tooltip="Only samples of these traces: IDs of 32 hex digits, separated by commas."
            placeholder="all"
            value={traceIdSelector}
            onChange={(ids) => onChange({ traceIdSelector: ids })}
          />
          <ListField
            label="Profiles"
            tooltip="Only these pushed profiles: their UUIDs, separated by commas."
            placeholder="all"
            value={profileIdSelector}
            onChange={(ids) => onChange({ profileIdSelector: ids })}
          />
        </>
      )}
    </InlineFieldRow>
  );
}

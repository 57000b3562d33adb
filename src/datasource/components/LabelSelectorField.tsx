/** The label selector, as rows of choices (builder) or as text (code); text that has no rows stays text. */
import type { TimeRange } from '@grafana/data';
import { InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import { useState } from 'react';
import { formatLabelSelector, parseLabelSelector } from '../data/labelSelector.ts';
import type { PyrolensDataSource } from '../PyrolensDataSource.ts';
import { MatcherRows } from './MatcherRows.tsx';

interface Props {
  readonly datasource: PyrolensDataSource;
  readonly range: TimeRange | undefined;
  readonly profileTypeId: string;
  readonly selector: string;
  readonly onChange: (selector: string) => void;
}

type Mode = 'builder' | 'code';

export function LabelSelectorField({ datasource, range, profileTypeId, selector, onChange }: Props) {
  const [chosenMode, setMode] = useState<Mode>('builder');
  const parsed = parseLabelSelector(selector);
  const mode: Mode = parsed.kind === 'mistake' ? 'code' : chosenMode;
  return (
    <InlineFieldRow>
      {parsed.kind === 'mistake' || mode === 'code' ? (
        <SelectorText selector={selector} onChange={onChange} />
      ) : (
        <MatcherRows
          key={selector}
          datasource={datasource}
          range={range}
          profileTypeId={profileTypeId}
          matchers={parsed.matchers}
          onChange={(matchers) => onChange(formatLabelSelector(matchers))}
        />
      )}
      <RadioButtonGroup<Mode>
        aria-label="How to edit the selector"
        value={mode}
        disabledOptions={parsed.kind === 'mistake' ? ['builder'] : []}
        options={[
          { value: 'builder', label: 'Builder' },
          { value: 'code', label: 'Code' },
        ]}
        onChange={setMode}
      />
    </InlineFieldRow>
  );
}

function SelectorText({ selector, onChange }: { readonly selector: string; readonly onChange: Props['onChange'] }) {
  const [text, setText] = useState(selector);
  const parsed = parseLabelSelector(text);
  // Whole selectors out of a variable cannot be checked here.
  const isWrong = parsed.kind === 'mistake' && !text.includes('$');
  const commit = () => {
    if (text !== selector) onChange(text.trim() === '' ? '{}' : text);
  };
  return (
    <InlineField
      label="Labels"
      grow
      invalid={isWrong}
      error={isWrong ? `${parsed.message} (character ${parsed.offset + 1})` : undefined}
    >
      <Input
        aria-label="Label selector"
        placeholder='{service_name="checkout", version=~"v2.*"}'
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </InlineField>
  );
}

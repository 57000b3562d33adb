/** The label selector as rows of choices; text that has no rows (a variable in whole, a mistake) stays text. */
import type { TimeRange } from '@grafana/data';
import { InlineField, Input } from '@grafana/ui';
import { useState } from 'react';
import type { Catalog } from '../data/catalog.ts';
import { formatLabelSelector, parseLabelSelector } from '../data/labelSelector.ts';
import { MatcherRows } from './MatcherRows.tsx';

interface Props {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
  readonly profileTypeId: string;
  readonly selector: string;
  readonly onChange: (selector: string) => void;
}

export function LabelSelectorField({ catalog, range, profileTypeId, selector, onChange }: Props) {
  const parsed = parseLabelSelector(selector);
  if (parsed.kind === 'mistake') return <SelectorText label="Labels" selector={selector} onChange={onChange} />;
  return (
    <MatcherRows
      key={selector}
      catalog={catalog}
      range={range}
      profileTypeId={profileTypeId}
      matchers={parsed.matchers}
      onChange={(matchers) => onChange(formatLabelSelector(matchers))}
    />
  );
}

interface TextProps {
  readonly label: string;
  readonly selector: string;
  readonly onChange: (selector: string) => void;
}

export function SelectorText({ label, selector, onChange }: TextProps) {
  const [text, setText] = useState(selector);
  const parsed = parseLabelSelector(text);
  // Whole selectors out of a variable cannot be checked here.
  const isWrong = parsed.kind === 'mistake' && !text.includes('$');
  const commit = () => {
    if (text !== selector) onChange(text.trim() === '' ? '{}' : text);
  };
  return (
    <InlineField
      label={label}
      grow
      invalid={isWrong}
      error={isWrong ? `${parsed.message} (character ${parsed.offset + 1})` : undefined}
    >
      <Input
        aria-label={`${label}: selector`}
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

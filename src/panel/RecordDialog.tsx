/** Asks how a function shall be recorded, says how many series that makes, and saves it as a rule of the server. */
import { Alert, Button, Field, Input, Modal, RadioButtonGroup, Text } from '@grafana/ui';
import { useState } from 'react';
import type { FunctionValue } from '../datasource/data/profileQuery.ts';
import type { RecordingRules } from '../datasource/data/recordingRules.ts';
import type { RuleDraft } from './data/recordedFunction.ts';
import { describeEstimate, ruleBody } from './data/recordedFunction.ts';
import { useEstimate } from './useEstimate.ts';

interface Props {
  readonly first: RuleDraft;
  readonly rules: Promise<RecordingRules>;
  readonly onClose: () => void;
}

export function RecordDialog({ first, rules, onClose }: Props) {
  const [draft, setDraft] = useState(first);
  const [saving, setSaving] = useState<Saving>({ kind: 'open' });
  const change = (changed: Partial<RuleDraft>): void => {
    setDraft({ ...draft, ...changed });
    setSaving({ kind: 'open' });
  };
  return (
    <Modal title="Record as a metric" isOpen onDismiss={onClose}>
      {saving.kind === 'saved' ? (
        <Saved {...saving} onClose={onClose} />
      ) : (
        <>
          <Fields draft={draft} onChange={change} />
          <Outcome draft={draft} rules={rules} saving={saving} onSaving={setSaving} onClose={onClose} />
        </>
      )}
    </Modal>
  );
}

type Saving =
  | { readonly kind: 'open' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'saved'; readonly metricName: string; readonly prometheusPath: string };

const values: { value: FunctionValue; label: string }[] = [
  { value: 'total', label: 'Total' },
  { value: 'self', label: 'Self' },
];

interface FieldsProps {
  readonly draft: RuleDraft;
  readonly onChange: (changed: Partial<RuleDraft>) => void;
}

function Fields({ draft, onChange }: FieldsProps) {
  const { metricName, labelSelector, functionValue, groupBy, functionName, profileTypeId } = draft;
  const text = (
    name: 'metricName' | 'labelSelector' | 'groupBy',
    label: string,
    value: string,
    description: string,
  ) => (
    <Field label={label} description={description}>
      <Input
        id={`record-${name}`}
        value={value}
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
  return (
    <>
      <p style={{ overflowWrap: 'anywhere' }}>
        {functionName} <Text color="secondary">of {profileTypeId}</Text>
      </p>
      {text('metricName', 'Metric name', metricName, 'Begins with profiles_recorded_')}
      {text('labelSelector', 'Label selector', labelSelector, 'Which profiles count')}
      <Field label="Value" description="Total has what the function calls, self is its own code alone">
        <RadioButtonGroup
          options={values}
          value={functionValue}
          onChange={(value) => onChange({ functionValue: value })}
        />
      </Field>
      {text('groupBy', 'Group by', groupBy, 'Labels, with commas between: a series for each of their values')}
    </>
  );
}

interface OutcomeProps extends Omit<Props, 'first'> {
  readonly draft: RuleDraft;
  readonly saving: Saving;
  readonly onSaving: (saving: Saving) => void;
}

function Outcome({ draft, rules, saving, onSaving, onClose }: OutcomeProps) {
  const guess = useEstimate(draft, rules);
  const save = async (): Promise<void> => {
    onSaving({ kind: 'asked' });
    try {
      const asked = await rules;
      const { rule } = await asked.save(ruleBody(draft));
      const metricName = rule?.metricName ?? draft.metricName;
      onSaving({ kind: 'saved', metricName, prometheusPath: asked.prometheusPath });
    } catch (error) {
      // The person can change the rule; the sentence stands beside it.
      onSaving({ kind: 'refused', why: error instanceof Error ? error.message : String(error) });
    }
  };
  const refusal = saving.kind === 'refused' ? saving.why : guess.kind === 'refused' ? guess.why : undefined;
  return (
    <>
      <div role="status" aria-label="Estimate" style={{ minHeight: 24 }}>
        {refusal === undefined ? (
          <Text color="secondary">
            {guess.kind === 'known' && `Makes ${describeEstimate(guess.estimate)}.`}
            {guess.kind === 'asked' && 'Counting series …'}
          </Text>
        ) : (
          // No box, which would not fit without scrolling where windows are low.
          <Text color="error">{refusal}</Text>
        )}
      </div>
      <Modal.ButtonRow>
        <Button variant="secondary" fill="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={saving.kind === 'asked' || guess.kind === 'refused'} onClick={() => void save()}>
          Save
        </Button>
      </Modal.ButtonRow>
    </>
  );
}

interface SavedProps {
  readonly metricName: string;
  readonly prometheusPath: string;
  readonly onClose: () => void;
}

function Saved({ metricName, prometheusPath, onClose }: SavedProps) {
  return (
    <>
      <Alert severity="success" title={`${metricName} is recorded`}>
        Once a minute. The server answers PromQL with it at {prometheusPath}, its past included, and its newest values
        stand at /metrics/profiles for a scrape.
      </Alert>
      <Modal.ButtonRow>
        <Button autoFocus onClick={onClose}>
          Close
        </Button>
      </Modal.ButtonRow>
    </>
  );
}

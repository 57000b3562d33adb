/**
 * Which labels a sample has, by the ids that stand in its event.
 *
 * Shape:  labels make series, except for span and trace ids: those stay with the sample, as `span_id` and `trace_id`. The span
 *         id is the event's own, or else what older agents call profile_id. Events that mean the same share one context.
 */
import type { Label } from '../../model/labels.ts';
import type { JfrKey } from './jfrCursor.ts';
import type { LabelsSnapshot } from './labelsSnapshot.ts';

export interface SampleContext {
  readonly labels: readonly Label[];
  /** Equal for equal labels. */
  readonly series: string;
  readonly sampleLabels: readonly (readonly [name: string, text: string])[];
}

const spanLabels = ['span_id', 'profile_id'];
const traceLabel = 'trace_id';
const spanNameLabel = 'span_name';

export class SampleContexts {
  readonly #snapshot: LabelsSnapshot;
  readonly #byIds = new Map<string, SampleContext>();
  readonly #byMeaning = new Map<string, SampleContext>();
  /** Texts are long and come again; their numbers are short. */
  readonly #numbers = new Map<string, number>();

  /** Most events of most recordings. */
  readonly #none: SampleContext;

  constructor(snapshot: LabelsSnapshot) {
    this.#snapshot = snapshot;
    this.#none = this.#make(0, 0, 0);
  }

  of(contextId: JfrKey, spanId: JfrKey, spanName: JfrKey): SampleContext {
    if (contextId === 0 && spanId === 0 && spanName === 0) return this.#none;
    const ids = `${contextId}/${spanId}/${spanName}`;
    const known = this.#byIds.get(ids);
    if (known !== undefined) return known;
    const made = this.#make(contextId, spanId, spanName);
    this.#byIds.set(ids, made);
    return made;
  }

  #make(contextId: JfrKey, spanId: JfrKey, spanName: JfrKey): SampleContext {
    const given = this.#snapshot.contexts.get(contextId) ?? new Map<string, string>();
    const spanText = this.#snapshot.strings.get(spanName) ?? '';
    const all = spanName !== 0 && spanText !== '' ? new Map([...given, [spanNameLabel, spanText]]) : given;
    const labels = [...all]
      .filter(([name]) => name !== traceLabel && !spanLabels.includes(name))
      .map(([name, value]) => ({ name, value }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const span = spanId === 0 ? spanLabels.map((name) => all.get(name)).find(isGiven) : hexOf(spanId);
    const sampleLabels: (readonly [string, string])[] = [];
    if (span !== undefined) sampleLabels.push(['span_id', span]);
    const trace = all.get(traceLabel);
    if (isGiven(trace)) sampleLabels.push([traceLabel, trace]);
    const series = labels.map(({ name, value }) => `${this.#number(name)}=${this.#number(value)}`).join();
    const meaning = `${series}/${sampleLabels.map(([name, text]) => `${name}=${this.#number(text)}`).join()}`;
    const known = this.#byMeaning.get(meaning);
    if (known !== undefined) return known;
    const made = { labels, series, sampleLabels };
    this.#byMeaning.set(meaning, made);
    return made;
  }

  #number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== '';

/** Ids of spans have sixteen digits. */
const hexOf = (id: JfrKey): string => id.toString(16).padStart(16, '0');

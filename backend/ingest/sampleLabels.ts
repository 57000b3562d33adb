/**
 * Labels of samples: most become labels of a series of their own, a span's and a trace's id stay with the sample.
 *
 * Shape:  samples fall into groups; a group is a label set, the series' own labels among it, and these win.
 * Errors: none: a label that is invalid, reserved, doubled or one too many is dropped and counted. A profile must not be lost
 *         for it.
 * Source: reference pyroscope-api 3.8; the dropping is ours.
 */
import type { DiscardReason } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Label, Labels } from '../model/labels.ts';
import { sortLabels } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import { textAt } from '../model/stackTable.ts';
import { hasValue, isReservedLabel, wrongLabel } from './seriesLabels.ts';

export interface SampleGroups {
  /** Label sets by group. */
  readonly labels: readonly Labels[];
  readonly groupOf: Uint32Array;
  /** Index into spans and traces; 0: none. Undefined when no sample has any. */
  readonly spanOf: Uint32Array | undefined;
  readonly traceOf: Uint32Array | undefined;
  readonly spans: readonly bigint[];
  readonly traces: readonly Uint8Array[];
}

/** What becomes of a label. */
type Role = 'series' | 'span' | 'oldSpan' | 'trace';

type CountDiscarded = (reason: DiscardReason, samples: number) => void;

export function groupSamples(
  profile: Profile,
  series: Labels,
  limits: Limits,
  countDiscarded: CountDiscarded,
): SampleGroups {
  const grouping = new SampleGrouping(profile, series, limits, countDiscarded);
  if (profile.labelName.length > 0) for (let i = 0; i < profile.sampleCount; i++) grouping.add(i);
  return grouping.finish();
}

class SampleGrouping {
  private readonly profile: Profile;
  private readonly series: Labels;
  private readonly limits: Limits;
  private readonly countDiscarded: CountDiscarded;
  private readonly roles: LabelRoles;
  private readonly labels: Labels[] = [];
  private readonly groupOf: Uint32Array;
  private readonly byIndexes = new Map<string, { readonly group: number; readonly dropped: number }>();
  private readonly byText = new Map<string, number>();
  private readonly spans = new Interned<bigint>(0n);
  private readonly traces = new Interned<Uint8Array>(new Uint8Array(16));
  private readonly spanOf: Uint32Array;
  private readonly traceOf: Uint32Array;

  constructor(profile: Profile, series: Labels, limits: Limits, countDiscarded: CountDiscarded) {
    this.profile = profile;
    this.series = series;
    this.limits = limits;
    this.countDiscarded = countDiscarded;
    this.roles = new LabelRoles(profile);
    this.groupOf = new Uint32Array(profile.sampleCount);
    this.spanOf = new Uint32Array(profile.sampleCount);
    this.traceOf = new Uint32Array(profile.sampleCount);
    // Most profiles have no sample labels at all: group 0 is the series as it is.
    this.groupOfLabels([]);
  }

  add(sample: number): void {
    const { labelStart, labelName, labelText } = this.profile;
    const first = labelStart[sample] ?? 0;
    const end = labelStart[sample + 1] ?? 0;
    if (first === end) return;
    const last = Math.min(end, first + this.limits.labelsPerSample);
    if (last < end) this.countDiscarded('sample_labels_limit', 1);
    let key = '';
    for (let i = first; i < last; i++) {
      const name = labelName[i] ?? 0;
      const text = labelText[i] ?? 0;
      const role = this.roles.of(name);
      if (role === 'series') key += `${name}:${text},`;
      else this.addId(sample, role, text);
    }
    if (key === '') return;
    let found = this.byIndexes.get(key);
    if (found === undefined) {
      found = this.read(first, last);
      this.byIndexes.set(key, found);
    }
    if (found.dropped > 0) this.countDiscarded('invalid_sample_label', 1);
    this.groupOf[sample] = found.group;
  }

  finish(): SampleGroups {
    const { labels, groupOf, spans, traces } = this;
    return {
      labels,
      groupOf,
      spanOf: spans.values.length > 1 ? this.spanOf : undefined,
      traceOf: traces.values.length > 1 ? this.traceOf : undefined,
      spans: spans.values,
      traces: traces.values,
    };
  }

  private addId(sample: number, role: Exclude<Role, 'series'>, text: number): void {
    if (role === 'oldSpan' && this.spanOf[sample] !== 0) return;
    const ids = role === 'trace' ? this.traces : this.spans;
    let place = ids.placeOf.get(text);
    if (place === undefined) {
      const hex = textAt(this.profile.stacks.strings, text);
      place = role === 'trace' ? this.traces.add(text, parseTrace(hex)) : this.spans.add(text, parseSpan(hex));
    }
    if (place === 0) this.countDiscarded('invalid_span_id', 1);
    else (role === 'trace' ? this.traceOf : this.spanOf)[sample] = place;
  }

  /** The labels as text, without what may not stay. */
  private read(first: number, last: number): { readonly group: number; readonly dropped: number } {
    const { labelName, labelText, stacks } = this.profile;
    const room = this.limits.labelNamesPerSeries - this.series.length;
    const own = new Set(this.series.map(({ name }) => name));
    const kept: Label[] = [];
    let dropped = 0;
    for (let i = first; i < last; i++) {
      if (this.roles.of(labelName[i] ?? 0) !== 'series') continue;
      const label = {
        name: textAt(stacks.strings, labelName[i] ?? 0),
        value: textAt(stacks.strings, labelText[i] ?? 0),
      };
      if (own.has(label.name) || !hasValue(label)) continue;
      if (isReservedLabel(label.name) || wrongLabel(label.name, label.value, this.limits) !== undefined) dropped++;
      else if (kept.length >= room) dropped++;
      else {
        own.add(label.name);
        kept.push(label);
      }
    }
    return { group: this.groupOfLabels(kept), dropped };
  }

  private groupOfLabels(kept: readonly Label[]): number {
    const labels = sortLabels([...this.series, ...kept]);
    const key = JSON.stringify(labels.map(({ name, value }) => [name, value]));
    let group = this.byText.get(key);
    if (group === undefined) {
      group = this.labels.push(labels) - 1;
      this.byText.set(key, group);
    }
    return group;
  }
}

/** What a label's name says of it, looked up once per name. */
class LabelRoles {
  private readonly profile: Profile;
  private readonly known = new Map<number, Role>();

  constructor(profile: Profile) {
    this.profile = profile;
  }

  of(name: number): Role {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const role = roles.get(textAt(this.profile.stacks.strings, name)) ?? 'series';
    this.known.set(name, role);
    return role;
  }
}

/** Old SDKs call the span's id profile_id; where both stand, span_id is meant. */
const roles: ReadonlyMap<string, Role> = new Map([
  ['span_id', 'span'],
  ['profile_id', 'oldSpan'],
  ['trace_id', 'trace'],
]);

class Interned<T> {
  readonly values: T[];
  /** Place by string index; 0 for what could not be read. */
  readonly placeOf = new Map<number, number>();

  constructor(none: T) {
    this.values = [none];
  }

  add(text: number, value: T | undefined): number {
    const place = value === undefined ? 0 : this.values.push(value) - 1;
    this.placeOf.set(text, place);
    return place;
  }
}

/** All zeros is no id, as in W3C trace context. */
function parseSpan(hex: string): bigint | undefined {
  return /^(?!0+$)[0-9a-f]{16}$/i.test(hex) ? BigInt(`0x${hex}`) : undefined;
}

function parseTrace(hex: string): Uint8Array | undefined {
  return /^(?!0+$)[0-9a-f]{32}$/i.test(hex) ? Uint8Array.from(Buffer.from(hex, 'hex')) : undefined;
}

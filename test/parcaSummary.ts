/** What profiles of the Parca agent add up to, in the words of the expected.json that stands beside the recorded uploads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WireReading } from '../backend/model/labelledProfile.ts';
import type { Profile } from '../backend/model/profile.ts';
import { textAt } from '../backend/model/stackTable.ts';

type Totals = Readonly<Record<string, bigint>>;

export interface ParcaSummary {
  readonly byLabelSet: Readonly<Record<string, Totals>>;
  /** Stacks root first, `mapping+0xaddress` where there is no function. */
  readonly byStack: Readonly<Record<string, Totals>>;
  /** All that is known of each stack's frames, leaf first. */
  readonly stacks: readonly string[];
}

/** Labels that the reader adds. */
const added = new Set(['__name__', 'service_name']);

export function summaryOf({ profiles }: Pick<WireReading, 'profiles'>): ParcaSummary {
  const byLabelSet: Record<string, Record<string, bigint>> = {};
  const byStack: Record<string, Record<string, bigint>> = {};
  const stacks = new Set<string>();
  for (const { labels, profile } of profiles) {
    const type = typeName(labels.find(({ name }) => name === '__name__')?.value ?? '', profile);
    const given = labels.filter(({ name }) => !added.has(name)).map(({ name, value }) => `${name}=${value}`);
    for (let sample = 0; sample < profile.sampleCount; sample++) {
      const value = profile.values[sample] ?? 0n;
      add((byLabelSet[given.sort().join()] ??= {}), type, value);
      add((byStack[foldedStack(profile, sample)] ??= {}), type, value);
      stacks.add(framesOf(profile, sample).map(frameText).join('\n'));
    }
  }
  return { byLabelSet, byStack, stacks: [...stacks].sort() };
}

function add(totals: Record<string, bigint>, type: string, value: bigint): void {
  totals[type] = (totals[type] ?? 0n) + value;
}

function typeName(name: string, { sampleTypes, periodType }: Profile): string {
  const [sample] = sampleTypes;
  return `${name}:${sample?.type}:${sample?.unit}:${periodType?.type ?? ''}:${periodType?.unit ?? ''}`;
}

interface Frame {
  readonly address: string;
  readonly mappingFile: string | null;
  readonly buildId: string | null;
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
}

const frameText = (frame: Frame): string =>
  [
    frame.address,
    frame.mappingFile ?? '',
    frame.buildId ?? '',
    frame.function ?? '',
    frame.file ?? '',
    frame.line,
    frame.column,
  ].join('|');

function framesOf({ stacks }: Profile, sample: number): readonly Frame[] {
  const { strings, mappings, functions, locations, stackStart, stackLocations } = stacks;
  const text = (index: number | undefined): string => textAt(strings, index ?? 0);
  return Array.from(stackLocations.subarray(stackStart[sample], stackStart[sample + 1]), (location): Frame => {
    const mapping = locations.mapping[location] ?? 0;
    const line = locations.lineStart[location] ?? 0;
    const hasLine = line < (locations.lineStart[location + 1] ?? 0);
    const called = locations.lineFunction[line] ?? 0;
    return {
      address: `0x${(locations.address[location] ?? 0n).toString(16)}`,
      mappingFile: text(mappings.file[mapping]),
      buildId: text(mappings.buildId[mapping]),
      function: hasLine ? text(functions.name[called]) : null,
      file: hasLine ? text(functions.file[called]) : null,
      line: hasLine ? (locations.lineNumber[line] ?? 0) : 0,
      column: hasLine ? (locations.lineColumn[line] ?? 0) : 0,
    };
  });
}

const foldedStack = (profile: Profile, sample: number): string =>
  framesOf(profile, sample)
    .toReversed()
    .map((frame) => frame.function ?? `${frame.mappingFile}+${frame.address}`)
    .join(';');

interface ExpectedFile {
  readonly rows: number;
  readonly firstTimestampNs: string;
  readonly lastTimestampNs: string;
  readonly byLabelSet: readonly { readonly labels: string; readonly totals: ExpectedTotals }[];
  readonly byProcess: readonly { readonly labels: string; readonly totals: ExpectedTotals }[];
  readonly byStack: readonly {
    readonly folded: string;
    readonly ids: readonly string[];
    readonly totals: ExpectedTotals;
  }[];
  readonly batches?: readonly ExpectedFile[];
}
/** Rows and the sum of their values. */
type ExpectedTotals = Readonly<Record<string, readonly [number, number]>>;

interface Expected {
  readonly cpuPeriodNs: number;
  readonly files: Readonly<Record<string, ExpectedFile>>;
  readonly frames: readonly Frame[];
  readonly stacks: Readonly<Record<string, readonly number[]>>;
}

export class ExpectedParca {
  readonly #all: Expected;

  constructor(dir: string) {
    this.#all = JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8')) as Expected;
  }

  file(name: string): ExpectedFile {
    const found = this.#all.files[name];
    if (found === undefined) throw new Error(`no ${name} in expected.json`);
    return found;
  }

  summary(name: string): ParcaSummary {
    const file = this.file(name);
    const ids = file.rows === 0 ? [] : file.byStack.flatMap((stack) => stack.ids);
    const stacks = ids.map((id) =>
      (this.#all.stacks[id] ?? []).map((frame) => frameText(this.#all.frames[frame] ?? noFrame)).join('\n'),
    );
    return {
      byLabelSet: this.totalsBy(file.byLabelSet ?? []),
      byStack: Object.fromEntries((file.byStack ?? []).map(({ folded, totals }) => [folded, this.#totals(totals)])),
      stacks: [...new Set(stacks)].sort(),
    };
  }

  totalsBy(rows: ExpectedFile['byLabelSet']): Readonly<Record<string, Totals>> {
    return Object.fromEntries(rows.map(({ labels, totals }) => [labels, this.#totals(totals)]));
  }

  /** In our types: ticks are CPU time, time off the CPU has no period. */
  #totals(totals: ExpectedTotals): Totals {
    const ours = Object.entries(totals).map(([type, [, total]]) => {
      const name = type.replace(/:delta$/, '');
      if (name === 'parca_agent:samples:count:cpu:nanoseconds')
        return ['process_cpu:cpu:nanoseconds:cpu:nanoseconds', BigInt(total) * BigInt(this.#all.cpuPeriodNs)] as const;
      if (name === 'parca_agent:wallclock:nanoseconds:samples:count')
        return ['off_cpu:off_cpu:nanoseconds::', BigInt(total)] as const;
      return [name, BigInt(total)] as const;
    });
    return Object.fromEntries(ours);
  }
}

const noFrame: Frame = {
  address: '',
  mappingFile: '',
  buildId: '',
  function: '',
  file: '',
  line: 0,
  column: 0,
};

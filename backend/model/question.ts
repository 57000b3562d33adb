/** What clients ask about samples, as read from any wire format. Times are milliseconds since 1970, both ends inclusive. */
import type { Matchers } from './selector.ts';
import type { ProfileType } from './profileType.ts';

export interface Selection {
  readonly tenant: string;
  readonly profileType: ProfileType;
  readonly matchers: Matchers;
  readonly startMillis: number;
  readonly endMillis: number;
  /** When given, only these pushed profiles (16 bytes each). */
  readonly profileIds?: readonly Uint8Array[];
  readonly spanIds?: BigUint64Array;
  /** 16 bytes each. */
  readonly traceIds?: readonly Uint8Array[];
}

export interface MergeQuestion extends Selection {
  /** Function names from the root; only stacks that begin so. */
  readonly callSite: readonly string[];
  /** When given, merged profiles are cut to what Go's compiler reads. */
  readonly goPgo?: GoPgo;
}

/** A profile for profile-guided optimisation of Go. */
export interface GoPgo {
  /** Locations of each stack, counted from the leaf; 0: all. */
  readonly keepLocations: number;
  /** Whether the line of the leaf does not count. */
  readonly aggregateCallees: boolean;
}

export interface SeriesQuestion extends Selection {
  readonly stepSeconds: number;
  readonly groupBy: readonly string[];
  readonly aggregation: 'sum' | 'average';
  /** The largest so many lines; undefined: all. */
  readonly limit: number | undefined;
  readonly exemplars: boolean;
  /** Function names from the root; only samples whose stacks begin so are summed. */
  readonly callSite?: readonly string[];
}

export interface HeatmapQuestion extends Selection {
  readonly stepSeconds: number;
  readonly groupBy: readonly string[];
  /** What is counted: pushed profiles or spans, by their totals. */
  readonly of: 'profiles' | 'spans';
  /** The first so many maps; undefined: all. */
  readonly limit: number | undefined;
  readonly exemplars: boolean;
}

/** A question about callers or callees. */
export interface FunctionTreeWish {
  /** What the question's call site means: a path from the root, or a chain of calls wherever it stands. */
  readonly of: 'path' | 'chain';
  readonly callers: boolean;
  readonly callees: boolean;
  /** Levels below the first. */
  readonly depth: number;
}

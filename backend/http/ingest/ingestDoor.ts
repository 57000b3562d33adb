/**
 * The way of every request that brings profiles, whatever its protocol: read -> accept each profile -> one outcome; counted and
 * remembered on the way.
 *
 * Shape:  a visit is one request. Profiles are worked on one by one and fail one by one, with the others kept.
 * Errors: visit.take throws the reader's InputError when nothing could be read. What accept refuses is in the outcome; our own
 *         mistakes pass through.
 */
import { setImmediate } from 'node:timers/promises';
import { InputError } from '../../errors.ts';
import type { Ingest } from '../../ingest/accept.ts';
import type { LabelledProfile, LeftOut, WireReading } from '../../model/labelledProfile.ts';
import { formatLabels, labelValue, serviceNameLabel } from '../../model/labels.ts';
import type { Profile } from '../../model/profile.ts';
import { oneTenant } from '../../model/tenants.ts';
import { millisOfNanos, unixNanos } from '../../model/time.ts';
import type { ServerMetrics } from '../metrics.ts';
import type { Sender } from '../sender.ts';
import { unknownSender } from '../sender.ts';
import type { TenantsOf } from '../tenant.ts';
import type { RecentIngest, Refusal } from './recentIngest.ts';

export interface Visit {
  readonly sender: Sender;
  /** The path, from a bounded set. */
  readonly route: string;
  readonly format: string;
}

export interface SizedReading {
  readonly reading: WireReading;
  /** After unpacking. */
  readonly rawBytes: number;
  /** Whether the limit on one profile is meant: it is of pprof. What holds many profiles has a limit of its own. */
  readonly isPprof: boolean;
}

export interface Outcome {
  readonly kept: number;
  /** What the reader left out. */
  readonly leftOut: readonly LeftOut[];
  /** What accept refused, one error for each profile. */
  readonly failures: readonly InputError[];
}

export interface IngestDoor {
  /** Throws InputError when the sender does not say whose profiles they are, and must. */
  open(visit: Visit): OpenVisit;
  /** A request that did not get as far as to a reader. */
  refused(visit: Visit, error: InputError): void;
}

export interface OpenVisit {
  /** `wireBytes`: as they came. */
  take(wireBytes: number, read: () => SizedReading): Promise<Outcome>;
  /** Remembers what happened; call it whether or not it went well. */
  close(): void;
}

export interface IngestDoorOptions {
  readonly ingest: Ingest;
  readonly metrics: ServerMetrics;
  readonly recent: RecentIngest;
  readonly tenantsOf: TenantsOf;
}

/** Hashing is done as soon as a profile is accepted: others want their turn in between. */
const profilesPerTurn = 32;
const mostServices = 5;
const longestLabels = 500;

export function createIngestDoor(options: IngestDoorOptions): IngestDoor {
  return {
    open: (visit) => new RememberedVisit(visit, options),
    refused: (visit, error) => {
      if (error.reason !== undefined) options.metrics.countDiscarded(error.reason, 0, 0);
      // Strangers share one entry, so that they cannot push out those who are known.
      const sender = error.code === 'unauthenticated' ? stranger : visit.sender;
      const tenant = tenantOrNone(visit.sender, options.tenantsOf);
      options.recent.add({ ...emptyEvent({ ...visit, sender }, tenant), refusals: [refusalOf(error)] });
    },
  };
}

const stranger: Sender = { ...unknownSender, agent: 'without the token' };

/** A request may have been refused because of its tenant. */
function tenantOrNone({ tenant }: Sender, tenantsOf: TenantsOf): string {
  try {
    return oneTenant(tenantsOf(tenant));
  } catch (error) {
    if (error instanceof InputError) return '';
    throw error;
  }
}

const emptyEvent = ({ sender, route, format }: Visit, tenant: string) => ({
  sender,
  tenant,
  route,
  format,
  revision: '',
  labels: '',
  services: [],
  profiles: 0,
  samples: 0,
  bytes: 0,
  newestMillis: 0,
});

const refusalOf = ({ reason, message }: InputError): Refusal => ({ reason: reason ?? 'refused', samples: 0, message });

class RememberedVisit implements OpenVisit {
  private readonly visit: Visit;
  private readonly options: IngestDoorOptions;
  private readonly tenant: string;
  private readonly refusals: Refusal[] = [];
  private readonly services = new Set<string>();
  private labels = '';
  private revision = '';
  private profiles = 0;
  private samples = 0;
  private bytes = 0;
  private newestMillis = 0;

  constructor(visit: Visit, options: IngestDoorOptions) {
    this.visit = visit;
    this.options = options;
    this.tenant = oneTenant(options.tenantsOf(visit.sender.tenant));
  }

  async take(wireBytes: number, read: () => SizedReading): Promise<Outcome> {
    const { reading, rawBytes, isPprof } = this.readWhole(wireBytes, read);
    this.revision = reading.revision;
    for (const { reason, samples, message } of reading.leftOut) {
      this.options.metrics.countDiscarded(reason, samples, 0);
      this.refusals.push({ reason, samples, message });
    }
    const results: Promise<InputError | undefined>[] = [];
    const shareOf = fairShares(reading.profiles, isPprof ? rawBytes : 0);
    for (const one of reading.profiles) {
      const result = this.accept(one, shareOf(one));
      // Awaited below; a rejection before that must not count as nobody's.
      result.catch(() => undefined);
      results.push(result);
      if (results.length % profilesPerTurn === 0) await setImmediate();
    }
    const failures = (await Promise.all(results)).filter((failure) => failure !== undefined);
    return { kept: reading.profiles.length - failures.length, leftOut: reading.leftOut, failures };
  }

  close(): void {
    const { revision, labels, profiles, samples, bytes, newestMillis, refusals } = this;
    const services = [...this.services];
    const sums = { revision, labels, services, profiles, samples, bytes, newestMillis, refusals };
    this.options.recent.add({ ...emptyEvent(this.visit, this.tenant), ...sums });
  }

  private readWhole(wireBytes: number, read: () => SizedReading): SizedReading {
    const { metrics } = this.options;
    this.bytes += wireBytes;
    try {
      const sized = read();
      metrics.countReceived(sized.reading.profiles.length, wireBytes, sized.rawBytes);
      return sized;
    } catch (error) {
      // Counted here, where the bytes are known; the caller gets it unchanged.
      metrics.countReceived(1, wireBytes, wireBytes);
      if (error instanceof InputError) this.refuse(error, wireBytes);
      throw error;
    }
  }

  private async accept(one: LabelledProfile, rawBytes: number): Promise<InputError | undefined> {
    try {
      await this.options.ingest.accept({ tenant: this.tenant, ...one, rawBytes });
    } catch (error) {
      // One profile's failure is not its neighbours'.
      if (!(error instanceof InputError)) throw error;
      this.refuse(error, rawBytes);
      return error;
    }
    this.profiles++;
    this.samples += one.profile.sampleCount;
    this.newestMillis = Math.max(this.newestMillis, endMillisOf(one.profile));
    if (this.services.size < mostServices) this.services.add(labelValue(one.labels, serviceNameLabel) ?? '');
    if (this.labels === '') this.labels = formatLabels(one.labels).slice(0, longestLabels);
    return undefined;
  }

  private refuse(error: InputError, lostBytes: number): void {
    this.refusals.push(refusalOf(error));
    if (error.reason !== undefined) this.options.metrics.countDiscarded(error.reason, 0, lostBytes);
  }
}

/** 0 when the profile does not say when it was taken. */
const endMillisOf = ({ timeNanos, durationNanos }: Profile): number =>
  timeNanos === 0n ? 0 : millisOfNanos(unixNanos(timeNanos + durationNanos));

/** Of a request with several profiles each is charged for its samples. */
function fairShares(profiles: readonly LabelledProfile[], rawBytes: number): (one: LabelledProfile) => number {
  const total = profiles.reduce((sum, { profile }) => sum + profile.sampleCount, 0);
  return ({ profile }) => (total === 0 ? 0 : Math.ceil((rawBytes * profile.sampleCount) / total));
}

/**
 * One error of what was refused; undefined when nothing was. When a profile may succeed later (unavailable), the whole says so,
 * and the agent sends everything again: a profile twice is better than none.
 */
export function joinedFailure({ kept, failures }: Outcome): InputError | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  const worst = failures.find(({ code }) => code !== 'invalid_argument') ?? first;
  if (kept + failures.length === 1) return first;
  const told = failures.slice(0, 10).map(({ message }) => message);
  const message = `${failures.length} of ${kept + failures.length} profiles were refused: ${told.join('; ')}`;
  return new InputError(worst.code, message, worst.reason);
}

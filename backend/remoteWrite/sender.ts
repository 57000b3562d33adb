/**
 * Takes samples out of the queue and sends them, one request at a time, so that the samples of a series arrive in order.
 *
 * A request waits until it is full or its oldest sample has waited long enough. What the receiver cannot take now is tried again, after
 * waits that double, with chance in them so that many senders do not come back at once. What it refuses for good is counted and
 * logged. Prometheus refuses a whole request for one sample that is too old, which a restart can send twice: a request that is refused
 * for what is in it is sent again in halves, so that only the bad part is lost.
 */
import { seriesOf } from '../wire/remoteWrite/writeRequest.ts';
import type { SeriesSlice } from '../wire/remoteWrite/writeRequest.ts';
import type { Log } from '../log.ts';
import type { DiskQueue } from './diskQueue.ts';
import { errorCode } from './errorCode.ts';
import type { QueueRecord } from './queueRecord.ts';
import { postSamples } from './postSamples.ts';
import type { WriteAnswer, WriteTarget } from './postSamples.ts';
import type { RemoteWriteMetrics } from './remoteWriteMetrics.ts';

export interface SenderOptions {
  readonly queue: DiskQueue;
  readonly target: WriteTarget;
  readonly samplesPerSend: number;
  readonly waitMillis: number;
  /** The first wait after a failure, and the longest. */
  readonly backoffMillis: { readonly first: number; readonly longest: number };
  readonly metrics: RemoteWriteMetrics;
  readonly log: Log;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Sender {
  /** Something came into the queue. */
  wake(): void;
  /** Sends what is there as long as it goes well, for some seconds at the most. */
  stop(): Promise<void>;
}

/** So many fit into a record, whatever their labels. */
export const mostSamplesPerSend = 20_000;
const mostBytesPerSend = 2 ** 20;
/** Requests for one batch, of which parts are refused. */
const mostRequests = 128;
/** When nothing at all was taken of the last one: there it is not about single samples. */
const mostRequestsWithoutHope = 16;
const stopMillis = 5_000;
const refusalLogMillis = 60_000;
/** About what is in the request. Others are about who sends it, or where to. */
const refusedForContent = new Set([400, 413, 422]);

export function startSender(options: SenderOptions): Sender {
  const loop = new SendLoop(options);
  const ended = loop.run();
  return {
    wake: () => loop.wake(),
    stop: async () => {
      loop.stop();
      await ended;
    },
  };
}

class SendLoop {
  readonly #options: SenderOptions;
  readonly #abort = new AbortController();
  #isStopping = false;
  #wake: () => void = () => undefined;
  #failuresInRow = 0;
  #refusalLoggedMillis = -Infinity;
  /** Something of the last batch was taken. */
  #isHopeful = true;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#wake();
  }

  stop(): void {
    this.#isStopping = true;
    // Who is not there will not be by then.
    if (this.#failuresInRow > 0) this.#abort.abort();
    else setTimeout(() => this.#abort.abort(), stopMillis).unref();
    this.#wake();
  }

  async run(): Promise<void> {
    const { queue, samplesPerSend, log } = this.#options;
    while (await this.#untilDue()) {
      try {
        const records = await queue.take(samplesPerSend, mostBytesPerSend);
        if (records.length === 0) continue;
        const whole = { slices: records.map(sliceOf), isOfRecords: true };
        const delivered = await this.#deliver(whole, this.#isHopeful ? mostRequests : mostRequestsWithoutHope);
        if (delivered === undefined) await queue.release();
        else {
          this.#isHopeful = delivered.isAnyStored;
          await queue.advance();
        }
      } catch (error) {
        // The disk's state is no reason to end for good; what could not be read or noted comes again.
        log.error('remote write: the queue failed', { error: errorCode(error) });
        if (this.#isStopping) this.#abort.abort();
        await this.#sleep(this.#options.backoffMillis.longest, 'whatever comes');
      }
    }
  }

  /** false: it is time to end. */
  async #untilDue(): Promise<boolean> {
    const { queue, samplesPerSend, waitMillis, now } = this.#options;
    for (;;) {
      const { oldestMillis } = queue;
      if (this.#abort.signal.aborted) return false;
      if (this.#isStopping) return oldestMillis !== undefined;
      const left = oldestMillis === undefined ? waitMillis : oldestMillis + waitMillis - now();
      // More than all of the wait: the clock was set back.
      const isDue = left <= 0 || left > waitMillis || queue.pendingSamples >= samplesPerSend;
      if (oldestMillis !== undefined && isDue) return true;
      await this.#sleep(left);
    }
  }

  /**
   * Halves are sent one after the other, as a series may stand in both; each has its share of the requests, so that a first half of
   * which everything is refused leaves some for the second. undefined: it was told to stop before the receiver had an answer.
   */
  async #deliver(part: Part, requests: number): Promise<Delivered | undefined> {
    const answer = await this.#untilAnswered(part);
    if (answer === undefined) return undefined;
    const left = requests - 1;
    if (answer.kind === 'stored') {
      this.#options.metrics.countSent(samplesIn(part), answer.bytes);
      return { requestsLeft: left, isAnyStored: true };
    }
    const [first, second] = left >= 2 && refusedForContent.has(answer.status) ? halve(part) : [];
    if (first === undefined || second === undefined) {
      this.#refused(samplesIn(part), answer.status, answer.text);
      return { requestsLeft: left, isAnyStored: false };
    }
    const share = Math.floor(left * 0.75);
    const one = await this.#deliver(first, share);
    const other = one && (await this.#deliver(second, left - share + one.requestsLeft));
    return other && { requestsLeft: other.requestsLeft, isAnyStored: one.isAnyStored || other.isAnyStored };
  }

  async #untilAnswered(part: Part): Promise<Exclude<WriteAnswer, { kind: 'later' }> | undefined> {
    const { target, metrics, log } = this.#options;
    const message = Buffer.concat(part.slices.map(({ bytes }) => bytes));
    for (;;) {
      const answer = await postSamples(target, message, this.#abort.signal);
      if (answer.kind !== 'later') {
        if (this.#failuresInRow > 0)
          log.info('remote write: the receiver is back', { attempts: this.#failuresInRow + 1 });
        this.#failuresInRow = 0;
        return answer;
      }
      if (this.#abort.signal.aborted) return undefined;
      this.#failuresInRow++;
      if (this.#failuresInRow === 1)
        log.warn('remote write: cannot send now, trying again', {
          // What stands behind the path may be a secret.
          url: target.url.origin + target.url.pathname,
          reason: answer.why,
        });
      if (this.#isStopping) {
        this.#abort.abort();
        return undefined;
      }
      await this.#sleep(Math.max(this.#backoff(), answer.waitMillis), 'whatever comes');
      if (this.#isStopping) return undefined;
      metrics.countRetried(samplesIn(part));
    }
  }

  #refused(samples: number, status: number, text: string): void {
    const { metrics, log, now } = this.#options;
    metrics.countFailed(samples);
    if (now() - this.#refusalLoggedMillis < refusalLogMillis) return;
    this.#refusalLoggedMillis = now();
    log.warn('remote write: the receiver refused samples; they are not sent again', { samples, status, reason: text });
  }

  #backoff(): number {
    const { backoffMillis, random } = this.#options;
    const most = Math.min(backoffMillis.longest, backoffMillis.first * 2 ** Math.min(this.#failuresInRow - 1, 30));
    return most * (0.5 + 0.5 * random());
  }

  /** Wakes early when it is told to stop, and for wake(). */
  #sleep(millis: number, evenIf?: 'whatever comes'): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, millis);
      this.#wake = () => {
        if (evenIf === undefined || this.#isStopping) end();
      };
    });
  }
}

interface Part {
  readonly slices: readonly SeriesSlice[];
  /** Each slice is a record of the queue, of some series. */
  readonly isOfRecords: boolean;
}

interface Delivered {
  readonly requestsLeft: number;
  readonly isAnyStored: boolean;
}

const sliceOf = ({ payload, sampleCount }: QueueRecord): SeriesSlice => ({ bytes: payload, sampleCount });

const samplesIn = ({ slices }: Part): number => slices.reduce((sum, { sampleCount }) => sum + sampleCount, 0);

/** Between records as long as there are several: what came at different times fails at different times. Then between series. */
function halve({ slices, isOfRecords }: Part): readonly Part[] {
  const [first] = slices;
  if (isOfRecords && slices.length === 1 && first !== undefined)
    return halve({ slices: seriesOf(first.bytes), isOfRecords: false });
  if (slices.length < 2) return [];
  const middle = Math.ceil(slices.length / 2);
  return [
    { slices: slices.slice(0, middle), isOfRecords },
    { slices: slices.slice(middle), isOfRecords },
  ];
}

/**
 * The evaluator against the real Prometheus 2.42 (Debian's package) over the same samples: random expressions must give
 * equal answers, errors among them.
 */
import { InputError } from '../errors.ts';
import type { Labels } from '../model/labels.ts';
import { instantQuery, rangeQuery } from './query.ts';
import type { QueryAnswer, QueryOptions } from './query.ts';
import { findPrometheus, startPrometheus } from './testPrometheus.ts';
import type { RunningPrometheus } from './testPrometheus.ts';
import { scalarExpression, vectorExpression } from './testExpressions.ts';
import { createRandom, madeUpSeries, samplesEnd, sourceOf } from './testSamples.ts';
import type { SampleSeries } from './sampleSource.ts';

const seed = Number(process.env.PROMQL_SEED ?? 7);
const expressionCount = Number(process.env.PROMQL_EXPRESSIONS ?? 1_500);
const program = findPrometheus();
if (program === undefined) process.stderr.write('PromQL was not held against Prometheus: it is not installed\n');

let prometheus: RunningPrometheus | undefined;
let samples: readonly SampleSeries[] = [];

beforeAll(async () => {
  samples = madeUpSeries(createRandom(1));
  if (program !== undefined) prometheus = await startPrometheus(program, samples);
});
afterAll(async () => prometheus?.close());

const options = (): QueryOptions => ({
  source: sourceOf(samples),
  lookbackMillis: 300_000,
  mostPoints: 50_000_000,
  mostSteps: 11_000,
});

interface Question {
  readonly expression: string;
  readonly endMillis: number;
  /** undefined: at a moment. */
  readonly range: { readonly startMillis: number; readonly stepMillis: number } | undefined;
}

function madeUpQuestions(): readonly Question[] {
  const random = createRandom(seed);
  return Array.from({ length: expressionCount }, () => {
    const depth = 1 + Math.floor(random() * 3);
    const expression = random() < 0.1 ? scalarExpression(random, depth) : vectorExpression(random, depth);
    const endMillis =
      samplesEnd - Math.floor(random() * 80) * 15_000 + (random() < 0.5 ? 0 : Math.floor(random() * 15_000));
    const stepMillis = [15_000, 20_000, 60_000, 7_000][Math.floor(random() * 4)] ?? 15_000;
    const startMillis = endMillis - Math.floor(random() * 30) * stepMillis;
    return { expression, endMillis, range: random() < 0.5 ? undefined : { startMillis, stepMillis } };
  });
}

/** What both say, in one form: lines of labels and points, or the kind of error. */
type Said =
  | { readonly kind: 'answer'; readonly type: string; readonly series: ReadonlyMap<string, readonly Point[]> }
  | { readonly kind: 'error'; readonly status: number; readonly message: string };
type Point = readonly [millis: number, value: number];

const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort());

async function askOurs({ expression, endMillis, range }: Question): Promise<Said> {
  try {
    const answer =
      range === undefined
        ? await instantQuery(expression, endMillis, options())
        : await rangeQuery(expression, { ...range, endMillis }, options());
    return said(answer);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'error', status: error.code === 'invalid_argument' ? 400 : 422, message: error.message };
  }
}

const recordOf = (labels: Labels): Record<string, string> =>
  Object.fromEntries(labels.map(({ name, value }) => [name, value]));

function said(answer: QueryAnswer): Said {
  if (answer.kind === 'scalar' || answer.kind === 'string') {
    const point: Point = [answer.timeMillis, Number(answer.value)];
    return { kind: 'answer', type: answer.kind, series: new Map([['', [point]]]) };
  }
  const series = answer.series.map(
    ({ labels, times, values }) =>
      [keyOf(recordOf(labels)), [...times].map((time, i): Point => [time, values[i] ?? NaN])] as const,
  );
  return { kind: 'answer', type: answer.kind, series: new Map(series) };
}

type WirePoint = readonly [number, string];
interface WireAnswer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType: string;
    readonly result:
      | WirePoint
      | readonly {
          readonly metric: Record<string, string>;
          readonly value?: WirePoint;
          readonly values?: readonly WirePoint[];
        }[];
  };
}

async function askPrometheus(url: string, { expression, endMillis, range }: Question): Promise<Said> {
  const seconds = (millis: number): string => String(millis / 1_000);
  const form: Record<string, string> =
    range === undefined
      ? { query: expression, time: seconds(endMillis) }
      : {
          query: expression,
          start: seconds(range.startMillis),
          end: seconds(endMillis),
          step: seconds(range.stepMillis),
        };
  const response = await fetch(`${url}/api/v1/${range === undefined ? 'query' : 'query_range'}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const answer = (await response.json()) as WireAnswer;
  if (answer.data === undefined) return { kind: 'error', status: response.status, message: answer.error ?? '' };
  const { resultType, result } = answer.data;
  const point = ([time, value]: WirePoint): Point => [Math.round(time * 1_000), numberOf(value)];
  if (resultType === 'scalar' || resultType === 'string') {
    return { kind: 'answer', type: resultType, series: new Map([['', [point(result as WirePoint)]]]) };
  }
  const rows = result as Exclude<typeof result, WirePoint>;
  const series = rows.map(
    ({ metric, value, values }) => [keyOf(metric), (values ?? (value ? [value] : [])).map(point)] as const,
  );
  return { kind: 'answer', type: resultType, series: new Map(series) };
}

const numberOf = (text: string): number => (text === 'NaN' ? NaN : Number(text.replace('Inf', 'Infinity')));

function differs(ours: Said, theirs: Said): string | undefined {
  if (ours.kind === 'error' || theirs.kind === 'error') {
    if (ours.kind === 'error' && theirs.kind === 'error' && ours.status === theirs.status) return undefined;
    return `${show(ours)} instead of ${show(theirs)}`;
  }
  if (ours.type !== theirs.type) return `${ours.type} instead of ${theirs.type}`;
  const mine = [...ours.series.keys()].sort();
  const other = [...theirs.series.keys()].sort();
  if (mine.join('\n') !== other.join('\n'))
    return `series\n  ${mine.join('\n  ')}\ninstead of\n  ${other.join('\n  ')}`;
  for (const [key, points] of ours.series) {
    const wanted = theirs.series.get(key) ?? [];
    for (let i = 0; i < Math.max(points.length, wanted.length); i++) {
      const [time, value = NaN] = points[i] ?? [];
      const [wantedTime, wantedValue = NaN] = wanted[i] ?? [];
      if (time !== wantedTime) return `${key}: a point at ${time} instead of ${wantedTime}`;
      if (!isNear(value, wantedValue)) return `${key} at ${time}: ${value} instead of ${wantedValue}`;
    }
  }
  return undefined;
}

const show = (what: Said): string => (what.kind === 'error' ? `error ${what.status} ${what.message}` : 'an answer');

function isNear(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) + 1e-9;
}

(program === undefined ? test.skip : test)(
  `${expressionCount} random expressions give what Prometheus gives`,
  async () => {
    const wrong: string[] = [];
    let answers = 0;
    let points = 0;
    for (const question of madeUpQuestions()) {
      const theirs = await askPrometheus(prometheus?.url ?? '', question);
      const difference = differs(await askOurs(question), theirs);
      if (difference !== undefined) wrong.push(`${JSON.stringify(question)}\n${difference}`);
      if (theirs.kind === 'answer' && theirs.series.size > 0) answers++;
      if (theirs.kind === 'answer') for (const [, some] of theirs.series) points += some.length;
    }
    expect(wrong).toEqual([]);
    // A generator that only makes errors and empty answers would prove nothing.
    expect(answers).toBeGreaterThan(expressionCount / 2);
    expect(points).toBeGreaterThan(10 * expressionCount);
  },
  120_000,
);

// A question that nobody waits for any more asks the store nothing: the signal reaches every one of its readings.
import type { MergeQuestion } from '../model/question.ts';
import { analyzeQuery } from './analyzeQuery.ts';
import { diffCallTrees, mergeCallTree, mergeProfile } from './mergeStacks.ts';
import type { QuestionContext } from './questionContext.ts';
import { selectHeatmap } from './selectHeatmap.ts';
import { selectSeries } from './selectSeries.ts';
import { selectTimeline } from './selectTimeline.ts';
import { asking, cpuType, storeOf } from './testStore.ts';

const merge: MergeQuestion = {
  tenant: 'anonymous',
  profileType: cpuType,
  matchers: [],
  startMillis: 1_000_000,
  endMillis: 1_020_000,
  callSite: [],
};
const stepped = { ...merge, stepSeconds: 1, groupBy: [], limit: undefined, exemplars: true };
const series = { ...stepped, aggregation: 'sum' } as const;

const questions: Readonly<Record<string, (context: QuestionContext) => Promise<unknown>>> = {
  'a flame graph': (context) => mergeCallTree(context, merge, undefined),
  'a merged profile': (context) => mergeProfile(context, merge),
  'a diff': (context) => diffCallTrees(context, merge, merge, undefined),
  'a time series': (context) => selectSeries(context, series),
  'a time series below a call site': (context) => selectSeries(context, { ...series, callSite: ['main'] }),
  'a timeline': (context) => selectTimeline(context, merge, series),
  'a heatmap of profiles': (context) => selectHeatmap(context, { ...stepped, of: 'profiles' }),
  'a heatmap of spans': (context) => selectHeatmap(context, { ...stepped, of: 'spans' }),
  'sizes of a query': (context) => analyzeQuery(context, merge),
};

/** Gives up at reading number n of the store. */
function givingUpAt(context: QuestionContext, n: number): { context: QuestionContext; readings: () => number } {
  const gone = new AbortController();
  let readings = 0;
  const store = new Proxy(context.store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (++readings === n) gone.abort();
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { context: { ...context, store, signal: gone.signal }, readings: () => readings };
}

for (const [name, ask] of Object.entries(questions)) {
  test(`${name} ends at whichever reading it was given up`, async () => {
    const context = asking(
      await storeOf([{ timeNanos: 1_011_000_000_000n, labels: { pod: 'a' }, folded: ['main;work 3'] }]),
    );
    const whole = givingUpAt({ ...context, memory: asking(context.store).memory }, Infinity);
    await ask(whole.context);
    expect(whole.readings()).toBeGreaterThan(0);
    for (let n = 1; n <= whole.readings(); n++) {
      const { context: part } = givingUpAt({ ...context, memory: asking(context.store).memory }, n);
      await expect(ask(part)).rejects.toMatchObject({ code: 'canceled' });
    }
  });
}

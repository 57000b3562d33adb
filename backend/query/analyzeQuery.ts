/**
 * What a question would read: series from the catalog, profiles and samples counted by the store, bytes from their sizes.
 *
 * Errors: InputError invalid_argument for a bad range.
 */
import type { Matchers } from '../model/selector.ts';
import type { ScopeSize } from '../store/store.ts';
import { toValueTests } from './matcherTests.ts';
import type { QuestionContext } from './questionContext.ts';
import { checkRange } from './scope.ts';

export interface QueryAnalysis extends ScopeSize {
  readonly seriesCount: number;
}

export async function analyzeQuery(
  { store, limits, signal }: QuestionContext,
  question: {
    readonly tenant: string;
    readonly matchers: Matchers;
    readonly startMillis: number;
    readonly endMillis: number;
  },
): Promise<QueryAnalysis> {
  const range = checkRange(question.startMillis, question.endMillis, limits);
  const series = store.catalog.select(question.tenant, toValueTests(question.matchers), range);
  const seriesIds = BigUint64Array.from(series, ({ id }) => id);
  const size = await store.measure({ tenant: question.tenant, seriesIds, range }, signal);
  return { ...size, seriesCount: series.length };
}

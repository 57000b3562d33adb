/**
 * One query becomes the data frames that answer it: the server's side of what the data source does in a browser.
 *
 * Shape:  rules (isForRule) get numbers: time series, or of top functions one number each; what has none is refused by name.
 * Errors: InputError, as the questions have them.
 */
import { InputError } from '../errors.ts';
import { exactly } from '../model/estimate.ts';
import { diffCallTrees, mergeCallTree } from '../query/mergeStacks.ts';
import type { QuestionContext, QuestionExtras } from '../query/questionContext.ts';
import { selectHeatmap } from '../query/selectHeatmap.ts';
import { selectSeries } from '../query/selectSeries.ts';
import { baselineOf, defaultComparison } from './comparison.ts';
import type { DataFrame } from './dataFrame.ts';
import { exemplarMarks, exemplarsOfHeatmap, exemplarsOfLines, exemplarTable, heatmapFrames } from './exemplarFrames.ts';
import { diffFrames, flameGraphFrames } from './flameGraphFrame.ts';
import type { AskMetrics } from './functionShare.ts';
import { functionShareFrames } from './functionShare.ts';
import { baselineQuestion, heatmapQuestion, mergeQuestion, seriesQuestion } from './questions.ts';
import type { AskedQuery } from './questions.ts';
import type { QueryType } from './savedQuery.ts';
import { seriesFrames } from './seriesFrames.ts';
import { costsOfPair, costsOfTree, topFunctionNumbers, topFunctionsTable } from './topFunctions.ts';

type Frames = Promise<readonly DataFrame[]>;

const numericTypes: ReadonlySet<QueryType> = new Set(['metrics', 'both', 'functionShare', 'topFunctions']);
/** Slots of a heatmap; Grafana's own asks for as many. */
const mostSlots = 64;
const defaultExemplars = 100;

export async function answerQuery(
  context: QuestionContext,
  asked: AskedQuery,
  isForRule: boolean,
  askMetrics: AskMetrics,
): Frames {
  const { queryType } = asked.query;
  if (isForRule && !numericTypes.has(queryType)) {
    const message = `a rule needs numbers, and the query type ${queryType} has none: choose metrics, function share or top functions`;
    throw new InputError('invalid_argument', message);
  }
  switch (queryType) {
    case 'metrics':
      return metricsOf(context, asked, isForRule);
    case 'both':
      return isForRule
        ? metricsOf(context, asked, isForRule)
        : [...(await metricsOf(context, asked, isForRule)), ...(await flameGraphOf(context, asked))];
    case 'functionShare':
      return functionShareFrames(asked, askMetrics, context.signal);
    case 'topFunctions':
      return topFunctionsOf(context, asked, isForRule);
    case 'profile':
      return flameGraphOf(context, asked);
    case 'diff':
      return diffOf(context, asked);
    case 'heatmap':
      return heatmapOf(context, asked);
    case 'exemplars':
      return exemplarsOf(context, asked);
    case 'versions':
      throw new InputError('invalid_argument', 'new versions are marks on a dashboard, which the browser asks for');
  }
}

async function metricsOf(context: QuestionContext, asked: AskedQuery, isForRule: boolean): Frames {
  const withExemplars = asked.query.exemplarsOf === 'profiles' && !isForRule;
  const lines = await selectSeries(context, seriesQuestion(asked, withExemplars));
  return [...seriesFrames(asked, lines), ...exemplarMarks(asked, exemplarsOfLines(lines))];
}

/**
 * What a log line names may have no samples; then what its labels select is the next best, and the frame says which it was:
 * trace, then span, then labels.
 */
async function flameGraphOf(context: QuestionContext, asked: AskedQuery): Frames {
  let estimate = exactly;
  const extras: QuestionExtras = {
    sampling: 'auto',
    filter: {},
    nodeErrors: true,
    note: (told) => (estimate = told.estimate),
  };
  for (const { narrowed, notice } of narrowings(asked)) {
    const tree = await mergeCallTree({ ...context, extras }, mergeQuestion(narrowed), asked.query.maxNodes);
    const frames = flameGraphFrames(asked, tree, notice, estimate);
    if (frames.length > 0) return frames;
  }
  return [];
}

interface Narrowing {
  readonly narrowed: AskedQuery;
  /** What is said when this is the one that is shown. */
  readonly notice: string;
}

function narrowings(asked: AskedQuery): readonly Narrowing[] {
  const { spanSelector: spans, traceIdSelector: traces, labelSelector } = asked.query;
  const narrow = (traceIdSelector: readonly string[], spanSelector: readonly string[], notice: string): Narrowing => ({
    narrowed: { ...asked, query: { ...asked.query, traceIdSelector, spanSelector } },
    notice,
  });
  if (traces.length + spans.length === 0) return [narrow([], [], '')];
  const tries: Narrowing[] = [];
  if (traces.length > 0) tries.push(narrow(traces, [], `Samples of trace ${traces.join(', ')} only.`));
  if (spans.length > 0) tries.push(narrow([], spans, `Samples of span ${spans.join(', ')} only.`));
  if (!/^\s*(\{\s*\})?\s*$/.test(labelSelector)) {
    const ids = [...traces, ...spans].join(', ');
    tries.push(narrow([], [], `No samples carry ${ids}: this is all of ${labelSelector} in the time range.`));
  }
  return tries;
}

async function diffOf(context: QuestionContext, asked: AskedQuery): Frames {
  const comparison = asked.query.compareWith ?? defaultComparison;
  const baseline = baselineOf(comparison, asked.query.labelSelector, asked);
  const { maxNodes } = asked.query;
  const pair = await diffCallTrees(context, baselineQuestion(asked, baseline), mergeQuestion(asked), maxNodes);
  return diffFrames(asked, pair, comparison, baseline);
}

async function topFunctionsOf(context: QuestionContext, asked: AskedQuery, isForRule: boolean): Frames {
  const { compareWith, labelSelector, maxNodes } = asked.query;
  const baseline = compareWith && baselineQuestion(asked, baselineOf(compareWith, labelSelector, asked));
  const costs =
    baseline === undefined
      ? costsOfTree(await mergeCallTree(context, mergeQuestion(asked), maxNodes))
      : costsOfPair(await diffCallTrees(context, baseline, mergeQuestion(asked), maxNodes));
  if (costs.costs.length === 0) return [];
  return isForRule ? topFunctionNumbers(asked, costs) : [topFunctionsTable(asked, costs)];
}

const stepFor = ({ stepSeconds, startMillis, endMillis }: AskedQuery, most: number): number =>
  Math.max(stepSeconds, (endMillis - startMillis) / 1_000 / most);

async function heatmapOf(context: QuestionContext, asked: AskedQuery): Frames {
  const step = stepFor(asked, mostSlots);
  const question = heatmapQuestion(asked, step, false);
  return question === undefined ? [] : heatmapFrames(asked, step, await selectHeatmap(context, question));
}

/** Profiles come with a series, spans with a heatmap. */
async function exemplarsOf(context: QuestionContext, asked: AskedQuery): Frames {
  const step = stepFor(asked, asked.query.limit ?? defaultExemplars);
  if (asked.query.exemplarsOf !== 'spans') {
    const question = seriesQuestion({ ...asked, stepSeconds: step, query: { ...asked.query, limit: undefined } }, true);
    return exemplarTable(asked, exemplarsOfLines(await selectSeries(context, question)));
  }
  const question = heatmapQuestion(asked, step, true);
  return question === undefined ? [] : exemplarTable(asked, exemplarsOfHeatmap(await selectHeatmap(context, question)));
}

/**
 * What Pyroscope's messages have no field for, as headers of any question about samples.
 *
 * Shape:  Pyrolens-Sample: auto (the default), exact, or the share of profiles to read, as 0.1. Ask again with a larger one to
 *         refine an estimate; a closed connection ends the question.
 *         Pyrolens-Stack-Filter: keep=REGEX&drop=REGEX&focus=REGEX&hide=REGEX, each percent-encoded and optional, as
 *         query/stackFilter.ts has them. Merged profiles take keep and drop.
 *         Pyrolens-Frame-Errors: on asks for each bar's own bound: where the answer is an estimate, a flame graph in Connect's
 *         JSON then has "frameErrors", levels of bounds as "levels" are of bars.
 *         Answers carry Pyrolens-Estimate: exact, or fraction=0.1;bound=0.004 (each frame's share is at most 0.4 % of the
 *         whole off, in 95 of 100 cases), and with a filter Pyrolens-Matched-Share: 0.25. Of several sums, as a diff has,
 *         the least certain one.
 * Errors: InputError invalid_argument that quotes the header.
 */
import type { HandlerContext, Interceptor } from '@connectrpc/connect';
import { createContextKey } from '@connectrpc/connect';
import { InputError } from '../errors.ts';
import { exactly } from '../model/estimate.ts';
import type { Sampling } from '../model/estimate.ts';
import type { AnswerNote, QuestionExtras } from '../query/questionContext.ts';
import type { StackFilter } from '../query/stackFilter.ts';
import { isEmptyFilter } from '../query/stackFilter.ts';

export const sampleHeader = 'pyrolens-sample';
export const filterHeader = 'pyrolens-stack-filter';
export const frameErrorsHeader = 'pyrolens-frame-errors';
export const estimateHeader = 'pyrolens-estimate';
export const matchedHeader = 'pyrolens-matched-share';

const filterNames = ['keep', 'drop', 'focus', 'hide'] as const;
const longestHeader = 8_192;

const extrasKey = createContextKey<QuestionExtras | undefined>(undefined);

export const extrasIn = ({ values }: Pick<HandlerContext, 'values'>): QuestionExtras | undefined =>
  values.get(extrasKey);

export const extrasInterceptor: Interceptor = (next) => async (request) => {
  const notes: AnswerNote[] = [];
  const filter = readFilterHeader(request.header.get(filterHeader));
  const extras = {
    ...readExtras(request.header.get(sampleHeader), filter, (note) => notes.push(note)),
    nodeErrors: readFrameErrors(request.header.get(frameErrorsHeader)),
  };
  request.contextValues.set(extrasKey, extras);
  const answer = await next(request);
  for (const [name, value] of noteHeaders(notes, filter)) answer.header.set(name, value);
  return answer;
};

export function readExtras(
  sample: string | null,
  filter: StackFilter,
  note: (note: AnswerNote) => void,
): QuestionExtras {
  return { sampling: readSampling(sample), filter, note };
}

/** For questions whose answers are sums of whole profiles, read from what is kept of each: never estimates. */
export function exactExtrasIn(context: Pick<HandlerContext, 'values'>): QuestionExtras | undefined {
  const extras = extrasIn(context);
  if (extras !== undefined && !isEmptyFilter(extras.filter)) {
    throw new InputError(
      'unimplemented',
      `${filterHeader} is for flame graphs, merged profiles and tables of functions`,
    );
  }
  extras?.note({ estimate: exactly, matchedShare: 1 });
  return extras;
}

/** Headers of an answer; none for one that summed nothing. */
export function noteHeaders(notes: readonly AnswerNote[], filter: StackFilter): readonly (readonly [string, string])[] {
  if (notes.length === 0) return [];
  const worst = notes.reduce((a, b) => (b.estimate.errorBound > a.estimate.errorBound ? b : a));
  const { exact, sampledShare, errorBound } = worst.estimate;
  const matched = Math.min(...notes.map(({ matchedShare }) => matchedShare));
  return [
    [estimateHeader, exact ? 'exact' : `fraction=${short(sampledShare)};bound=${short(errorBound)}`],
    ...(isEmptyFilter(filter) ? [] : [[matchedHeader, short(matched)] as const]),
  ];
}

const short = (share: number): string => `${Number(share.toPrecision(4))}`;

function readSampling(text: string | null): Sampling {
  if (text === null || text === '' || text === 'auto') return 'auto';
  if (text === 'exact') return 1;
  const share = /^(?:0?\.\d{1,9}|1(?:\.0{1,9})?)$/.test(text) ? Number(text) : 0;
  if (share > 0) return share;
  throw new InputError(
    'invalid_argument',
    `sample: expected auto, exact or a share as 0.1, got ${JSON.stringify(text.slice(0, 32))}`,
  );
}

function readFrameErrors(text: string | null): boolean {
  if (text === null || text === 'off') return false;
  if (text === 'on') return true;
  throw new InputError(
    'invalid_argument',
    `${frameErrorsHeader}: expected on or off, got ${JSON.stringify(text.slice(0, 32))}`,
  );
}

function readFilterHeader(text: string | null): StackFilter {
  if (text === null) return {};
  if (text.length > longestHeader)
    throw new InputError('invalid_argument', `${filterHeader} is longer than ${longestHeader}`);
  const parameters = new URLSearchParams(text);
  for (const name of parameters.keys()) {
    if (!filterNames.some((known) => known === name))
      throw new InputError('invalid_argument', `${filterHeader}: no filter ${JSON.stringify(name.slice(0, 32))}`);
  }
  return readFilter(parameters);
}

/** keep, drop, focus and hide; one that is empty is none. */
export function readFilter(parameters: URLSearchParams): StackFilter {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const pattern = parameters.get(name) ?? '';
      return pattern === '' ? [] : [[name, pattern] as const];
    }),
  );
}

/**
 * One look at the server: which services and profile types there are, what was chosen, the values over time and the flame
 * graph. Pure of any element, so that every outcome is a value that the page shows.
 *
 * Errors: ServerError of a question leaves as it came.
 */
import { decodeLevels } from '../flamegraph/decodeLevels.ts';
import type { FlameGraphData } from '../flamegraph/flameGraphData.ts';
import { profileTypeMeaning } from '../flamegraph/profileTypeMeaning.ts';
import type { Questions, SeriesPoint, Selection } from './askServer.ts';
import { stepsOf } from './overTime.ts';
import type { PageState } from './pageState.ts';
import { selectorOf } from './pageState.ts';
import type { MillisRange } from './timeRange.ts';
import { rangeOf } from './timeRange.ts';

export interface Choices {
  readonly services: readonly string[];
  readonly profileTypes: readonly string[];
  readonly service: string;
  readonly profileType: string;
}

export interface OverTime {
  readonly points: readonly SeriesPoint[];
  readonly stepMillis: number;
}

export type Look =
  | { readonly kind: 'empty server' }
  | {
      readonly kind: 'nothing here';
      readonly choices: Choices;
      readonly selector: string;
      /** Where the nearest profiles that fit are; undefined when there are none at all. */
      readonly nearest: MillisRange | undefined;
    }
  | {
      readonly kind: 'profiles';
      readonly choices: Choices;
      readonly range: MillisRange;
      readonly overTime: OverTime;
      readonly graph: FlameGraphData;
    };

export interface Looking {
  readonly questions: Questions;
  readonly nowMillis: number;
  /** What there is to choose from is known before the answers are, and when there are none. */
  readonly onChoices: (choices: Choices) => void;
}

export async function look(state: PageState, { questions, nowMillis, onChoices }: Looking): Promise<Look> {
  const range = rangeOf(state.time, nowMillis);
  const services = await valuesNear(questions, 'service_name', [], range, nowMillis);
  if (services.length === 0 && !(await questions.hasProfiles())) return { kind: 'empty server' };
  const service = state.service === '' ? (services[0] ?? '') : state.service;
  const ofService = selectorOf({ service, labels: '' });
  const profileTypes = await valuesNear(questions, '__profile_type__', [ofService], range, nowMillis);
  const profileType = state.profileType === '' ? preferredType(profileTypes) : state.profileType;
  const choices = { services, profileTypes, service, profileType };
  onChoices(choices);
  const selector = selectorOf({ service, labels: state.labels });
  if (profileType === '') return { kind: 'nothing here', choices, selector, nearest: undefined };
  const selection = { profileTypeId: profileType, labelSelector: selector, ...range };
  const [overTime, answer] = await Promise.all([pointsOf(questions, selection), questions.flameGraph(selection)]);
  if (Number(answer.total ?? 0) === 0) {
    return { kind: 'nothing here', choices, selector, nearest: await findNearest(questions, selection, nowMillis) };
  }
  const graph = decodeLevels(answer, profileTypeMeaning(profileType).sampleUnit);
  return { kind: 'profiles', choices, range, overTime, graph };
}

const dayMillis = 86_400_000;
const nearestDays = 31;
const lastMonth = (nowMillis: number): MillisRange => ({
  startMillis: nowMillis - nearestDays * dayMillis,
  endMillis: nowMillis,
});

/** When the range has none, those of the last month: one must be able to choose what is not there right now. */
async function valuesNear(
  questions: Questions,
  name: string,
  matchers: readonly string[],
  range: MillisRange,
  nowMillis: number,
): Promise<readonly string[]> {
  const values = await questions.labelValues(name, matchers, range);
  return values.length > 0 ? values : questions.labelValues(name, matchers, lastMonth(nowMillis));
}

/** CPU is what most people come for. */
const preferredType = (types: readonly string[]): string =>
  types.find((type) => type.startsWith('process_cpu:cpu:')) ?? types[0] ?? '';

async function pointsOf(questions: Questions, selection: Selection): Promise<OverTime> {
  const { stepMillis, ...range } = stepsOf(selection);
  // Snapshots of a state do not add up: twice as many in a step are not twice the memory.
  const isState = profileTypeMeaning(selection.profileTypeId).overTime === 'state';
  const points = await questions.series({ ...selection, ...range }, stepMillis / 1_000, isState);
  return { points, stepMillis };
}

/** First by days, then within the day; a range of a step around what is found. */
async function findNearest(
  questions: Questions,
  selection: Selection,
  nowMillis: number,
): Promise<MillisRange | undefined> {
  const middle = (selection.startMillis + selection.endMillis) / 2;
  let around = lastMonth(nowMillis);
  for (const stepMillis of [dayMillis, 900_000]) {
    const points = await questions.series({ ...selection, ...around }, stepMillis / 1_000, false);
    const distance = ({ timeMillis }: SeriesPoint): number => Math.abs(timeMillis - stepMillis / 2 - middle);
    const [nearest] = [...points].sort((a, b) => distance(a) - distance(b));
    if (nearest === undefined) return undefined;
    around = { startMillis: nearest.timeMillis - stepMillis, endMillis: nearest.timeMillis };
  }
  return around;
}

/** Random PromQL of the subset that is evaluated, over the series of testSamples. */
import type { Random } from './testSamples.ts';
import { oneOf, samplesEnd } from './testSamples.ts';

const labelLists = ['pod', 'zone', 'pod, zone', 'code', '', 'pod, missing'] as const;
const offsets = ['', '', '', '', ' offset 1m', ' offset 7m30s', ' offset -45s'] as const;
const pins = ['', '', '', '', '', ` @ ${samplesEnd / 1_000 - 300}`, ' @ start()', ' @ end()'] as const;

export function vectorExpression(random: Random, depth: number): string {
  const pick = <T>(...choices: readonly T[]): T => oneOf(random, choices);
  const inner = (): string => vectorExpression(random, depth - 1);
  if (depth <= 0) return pick(instantSelector, overTime)(random);
  return pick(
    () => instantSelector(random),
    () => overTime(random),
    () => overTime(random),
    () => subquery(random, depth),
    () => aggregation(random, inner),
    () => aggregation(random, inner),
    () => vectorAndScalar(random, depth),
    () => twoVectors(random, depth),
    () => twoVectors(random, depth),
    () => valueFunction(random, depth),
    () => labelFunction(random, inner),
    () => `-${inner()}`,
    () => `(${inner()})`,
    () => `absent(${instantSelector(random)})`,
    () => `${pick('sort', 'sort_desc')}(${inner()})`,
    // Not with @ and offset together: there 2.42 forgets the offset.
    () => `timestamp(${pick(instantSelector(random).replace(/ @ \S+/, ''), `(${inner()}) + 0`)})`,
    () => `vector(${scalarExpression(random, depth - 1)})`,
  )();
}

export function scalarExpression(random: Random, depth: number): string {
  const pick = <T>(...choices: readonly T[]): T => oneOf(random, choices);
  if (depth <= 0) return pick('1', '2.5', '-3', '0', 'time()', 'pi()', '1e2', 'Inf', 'NaN', '0x10');
  const inner = (): string => scalarExpression(random, depth - 1);
  return pick(
    inner,
    () => `${inner()} ${pick('+', '-', '*', '/', '%', '^')} ${inner()}`,
    () => `${inner()} ${pick('>', '<=', '==')} bool ${inner()}`,
    () => `scalar(${vectorExpression(random, depth - 1)})`,
    () => `scalar(single${pick(...offsets)})`,
    () => `-${inner()}`,
    () => `(${inner()})`,
  )();
}

function matchers(random: Random): string {
  return oneOf(random, [
    '',
    '',
    '',
    '{pod="a"}',
    '{pod=~"a|b"}',
    '{zone!="north"}',
    '{zone!~"s.*", pod!=""}',
    '{missing=""}',
    '{pod="nobody"}',
    '{code=~"[25]00", zone="south"}',
  ]);
}

const timing = (random: Random): string =>
  random() < 0.5 ? oneOf(random, offsets) + oneOf(random, pins) : oneOf(random, pins) + oneOf(random, offsets);

export function instantSelector(random: Random): string {
  const name = oneOf(random, ['gauge', 'whole', 'counter', 'single']);
  return name + (name === 'single' ? '' : matchers(random)) + timing(random);
}

function overTime(random: Random): string {
  const range = oneOf(random, ['15s', '30s', '1m', '2m30s', '5m', '10m', '20s']);
  const name = oneOf(random, ['gauge', 'whole', 'counter', 'single']);
  return applyOverTime(random, `${name}${name === 'single' ? '' : matchers(random)}[${range}]${timing(random)}`);
}

function applyOverTime(random: Random, matrix: string): string {
  const name = oneOf(random, [
    ...(['rate', 'increase', 'delta', 'irate', 'idelta', 'deriv', 'changes', 'resets', 'absent_over_time'] as const),
    ...(['avg_over_time', 'sum_over_time', 'min_over_time', 'max_over_time', 'count_over_time'] as const),
    ...(['last_over_time', 'present_over_time', 'stddev_over_time', 'stdvar_over_time'] as const),
    ...(['quantile_over_time', 'predict_linear'] as const),
  ]);
  if (name === 'quantile_over_time') return `${name}(${oneOf(random, ['0.5', '0.9', '0', '1', '2', '-1'])}, ${matrix})`;
  // Pinned, 2.42 moves the window with the steps nevertheless.
  if (name === 'predict_linear' && matrix.includes('@')) return `deriv(${matrix})`;
  if (name === 'predict_linear') return `${name}(${matrix}, ${oneOf(random, ['60', '3600', '0'])})`;
  return `${name}(${matrix})`;
}

function subquery(random: Random, depth: number): string {
  const range = oneOf(random, ['5m', '2m', '9m30s']);
  const step = oneOf(random, ['', '30s', '1m', '20s']);
  return applyOverTime(random, `(${vectorExpression(random, depth - 1)})[${range}:${step}]${timing(random)}`);
}

function aggregation(random: Random, inner: () => string): string {
  const grouping = random() < 0.2 ? '' : `${oneOf(random, ['by', 'without'])} (${oneOf(random, labelLists)})`;
  const [op, parameter] = oneOf(random, [
    ['sum', ''],
    ['avg', ''],
    ['min', ''],
    ['max', ''],
    ['count', ''],
    ['group', ''],
    ['stddev', ''],
    ['stdvar', ''],
    ['quantile', `${oneOf(random, ['0.5', '0.25', '1', '0', '1.5', '-0.1'])}, `],
    ['topk', `${oneOf(random, ['1', '2', '3.7', '0', '-1'])}, `],
    ['bottomk', `${oneOf(random, ['1', '2'])}, `],
  ]);
  // Of equal values any may be kept, so what is ranked has none.
  const of = op === 'topk' || op === 'bottomk' ? `gauge${matchers(random)}${timing(random)}` : inner();
  return random() < 0.5 ? `${op} ${grouping} (${parameter}${of})` : `${op}(${parameter}${of}) ${grouping}`;
}

const operator = (random: Random): string =>
  oneOf(random, ['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '>', '<', '>=', '<=', '> bool', '== bool']);

function vectorAndScalar(random: Random, depth: number): string {
  const vector = vectorExpression(random, depth - 1);
  const scalar = scalarExpression(random, depth - 1);
  return random() < 0.5 ? `${vector} ${operator(random)} ${scalar}` : `${scalar} ${operator(random)} ${vector}`;
}

function twoVectors(random: Random, depth: number): string {
  const left = vectorExpression(random, depth - 1);
  const right = vectorExpression(random, depth - 1);
  const how = oneOf(random, ['on', 'ignoring']);
  const matching = random() < 0.4 ? '' : `${how} (${oneOf(random, labelLists)})`;
  if (random() < 0.4) return `${left} ${oneOf(random, ['and', 'or', 'unless'])} ${matching} ${right}`;
  const side = oneOf(random, ['group_left', 'group_right']);
  const include = random() < 0.5 ? '' : `(${oneOf(random, ['team', 'missing', 'team, zone'])})`;
  const group = matching === '' || random() < 0.6 ? '' : `${side} ${include}`;
  return `${left} ${operator(random)} ${matching} ${group} ${right}`;
}

function valueFunction(random: Random, depth: number): string {
  const of = vectorExpression(random, depth - 1);
  const name = oneOf(random, [
    ...(['abs', 'ceil', 'floor', 'exp', 'ln', 'log2', 'log10', 'sqrt', 'sgn', 'deg', 'rad'] as const),
    ...(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'] as const),
    ...(['clamp', 'clamp_min', 'clamp_max', 'round', 'round_to', 'date'] as const),
  ]);
  const scalar = (): string => oneOf(random, ['0', '1', '-2', '3.5']);
  switch (name) {
    case 'clamp':
      return `clamp(${of}, ${scalar()}, ${scalar()})`;
    case 'clamp_min':
    case 'clamp_max':
      return `${name}(${of}, ${scalar()})`;
    case 'round_to':
      return `round(${of}, ${oneOf(random, ['5', '0.1', '0.25', '2'])})`;
    case 'date': {
      const part = oneOf(random, ['minute', 'hour', 'month', 'year', 'day_of_week', 'day_of_month', 'day_of_year']);
      const argument = oneOf(random, ['', 'timestamp(gauge)', 'timestamp(gauge) * 1.1', 'vector(951782400)']);
      return `${oneOf(random, [part, 'days_in_month'])}(${argument})`;
    }
    default:
      return `${name}(${of})`;
  }
}

function labelFunction(random: Random, inner: () => string): string {
  const target = oneOf(random, ['pod', 'extra', 'zone']);
  const source = oneOf(random, ['pod', 'zone', 'missing', '__name__']);
  if (random() < 0.4) return `label_join(${inner()}, "${target}", "-", "pod", "${source}")`;
  const replacement = oneOf(random, ['$1', 'fixed', '${1}x', '$first', '']);
  const pattern = oneOf(random, ['(.*)', '([ab]).*', '(?P<first>n)orth', 'nothing']);
  return `label_replace(${inner()}, "${target}", "${replacement}", "${source}", "${pattern}")`;
}

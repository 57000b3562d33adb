/**
 * Functions that turn each value into another, whatever the other series are.
 *
 * Units:  dates are in UTC, from seconds since 1970.
 * Source: Prometheus 2.42, promql/functions.go.
 */

/** The value and the scalar arguments behind it. undefined: the series has no value there. */
export type ValueFunction = (value: number, ...parameters: readonly number[]) => number | undefined;

export const valueFunctions: ReadonlyMap<string, ValueFunction> = new Map<string, ValueFunction>([
  ['abs', Math.abs],
  ['acos', Math.acos],
  ['acosh', Math.acosh],
  ['asin', Math.asin],
  ['asinh', Math.asinh],
  ['atan', Math.atan],
  ['atanh', Math.atanh],
  ['ceil', Math.ceil],
  ['cos', Math.cos],
  ['cosh', Math.cosh],
  ['deg', (value) => (value * 180) / Math.PI],
  ['exp', Math.exp],
  ['floor', Math.floor],
  ['ln', Math.log],
  ['log10', Math.log10],
  ['log2', Math.log2],
  ['rad', (value) => (value * Math.PI) / 180],
  ['sgn', (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
  ['sin', Math.sin],
  ['sinh', Math.sinh],
  ['sqrt', Math.sqrt],
  ['tan', Math.tan],
  ['tanh', Math.tanh],
  ['clamp', (value, min = NaN, max = NaN) => (max < min ? undefined : Math.max(min, Math.min(max, value)))],
  ['clamp_max', (value, max = NaN) => Math.min(max, value)],
  ['clamp_min', (value, min = NaN) => Math.max(min, value)],
  ['round', roundTo],
  ['minute', (seconds) => dateOf(seconds).getUTCMinutes()],
  ['hour', (seconds) => dateOf(seconds).getUTCHours()],
  ['day_of_week', (seconds) => dateOf(seconds).getUTCDay()],
  ['day_of_month', (seconds) => dateOf(seconds).getUTCDate()],
  ['day_of_year', dayOfYear],
  ['days_in_month', daysInMonth],
  ['month', (seconds) => dateOf(seconds).getUTCMonth() + 1],
  ['year', (seconds) => dateOf(seconds).getUTCFullYear()],
]);

/** Halves go up; dividing by the inverse keeps 0.1 exact where multiplying would not. */
function roundTo(value: number, nearest = 1): number {
  const inverse = 1 / nearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

const dateOf = (seconds: number): Date => new Date(Math.trunc(seconds) * 1_000);

function dayOfYear(seconds: number): number {
  const date = dateOf(seconds);
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

function daysInMonth(seconds: number): number {
  const date = dateOf(seconds);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/**
 * Sums and the like over a column, in the precision that Prometheus has: Kahan's sum with Neumaier's correction.
 *
 * Source: Prometheus 2.42, promql/functions.go (kahanSumInc, avg_over_time) and quantile.go.
 */

interface Corrected {
  readonly total: number;
  readonly lost: number;
}

function addCorrected({ total, lost }: Corrected, value: number): Corrected {
  const next = total + value;
  if (!isFinite(next)) return { total: next, lost: 0 };
  return {
    total: next,
    lost: lost + (Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total),
  };
}

export function sum(values: Float64Array): number {
  let corrected: Corrected = { total: 0, lost: 0 };
  for (const value of values) corrected = addCorrected(corrected, value);
  return isFinite(corrected.total) ? corrected.total + corrected.lost : corrected.total;
}

export function mean(values: Float64Array): number {
  const total = sum(values);
  if (isFinite(total)) return total / values.length;
  // Sums of large numbers overflow where their mean does not.
  let running = 0;
  let count = 0;
  for (const value of values) {
    count++;
    if (!isFinite(running) && !isNaN(running) && (isFinite(value) || value === running)) continue;
    running += value / count - running / count;
  }
  return running;
}

/** Variance of the whole population, by Welford. A single value has none, not even when it is NaN or infinite. */
export function variance(values: Float64Array): number {
  let count = 0;
  let average = 0;
  let squares = 0;
  for (const value of values) {
    if (++count === 1) {
      average = value;
      continue;
    }
    const distance = value - average;
    average += distance / count;
    squares += distance * (value - average);
  }
  return squares / count;
}

/** The same over time: sums with correction, so that timestamps of seconds keep their fractions; NaN stays NaN. */
export function varianceOverTime(values: Float64Array): number {
  let count = 0;
  let average: Corrected = { total: 0, lost: 0 };
  let squares: Corrected = { total: 0, lost: 0 };
  for (const value of values) {
    count++;
    const distance = value - (average.total + average.lost);
    average = addCorrected(average, distance / count);
    squares = addCorrected(squares, distance * (value - (average.total + average.lost)));
  }
  return (squares.total + squares.lost) / count;
}

/** Sorts the column that it is given. NaN stands before all numbers. */
export function quantile(phi: number, values: Float64Array): number {
  if (values.length === 0 || isNaN(phi)) return NaN;
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  values.sort((a, b) => (isNaN(a) ? (isNaN(b) ? 0 : -1) : isNaN(b) ? 1 : a - b));
  const rank = phi * (values.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (values[lower] ?? NaN) * (1 - weight) + (values[upper] ?? NaN) * weight;
}

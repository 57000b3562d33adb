/**
 * Writes values and shares for people.
 *
 * Units:  pprof's: times become ns to h, bytes B to PiB, all else a short scale of thousands.
 */
const timeSteps: readonly (readonly [number, string])[] = [
  [3_600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];
const nanosecondsIn: Readonly<Record<string, number>> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
};
const byteSteps: readonly (readonly [number, string])[] = [
  [2 ** 50, 'PiB'],
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
];
const shortSteps: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
];

export function formatValue(value: number, unit: string): string {
  const nanoseconds = nanosecondsIn[unit];
  if (nanoseconds !== undefined) return scaled(value * nanoseconds, timeSteps);
  if (unit === 'bytes') return scaled(value, byteSteps);
  const short = scaled(value, shortSteps);
  return unit === 'count' || unit === '' ? short : `${short} ${unit}`;
}

/** Four digits before rounding would say 1,000 of the next step's thousandth: 999.96 ms is 1 s. */
function scaled(value: number, steps: readonly (readonly [number, string])[]): string {
  const size = Math.abs(value);
  const [step, name] = steps.find(([each]) => size >= each * 0.9995) ?? steps[steps.length - 1] ?? [1, ''];
  const digits = threeDigits(value / step);
  return name === '' ? digits : name.length === 1 && steps === shortSteps ? `${digits}${name}` : `${digits} ${name}`;
}

/** Three significant digits, without zeros at the end; whole when larger. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return String(Number(value.toFixed(decimals)));
}

/** 12.3 %, 0.05 %, < 0.01 %; of nothing: 0 %. */
export function formatShare(part: number, whole: number): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  if (percent > 0 && percent < 0.01) return '< 0.01 %';
  return `${threeDigits(percent)} %`;
}

/** 11,160: a count that is read digit by digit. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** +9.1 points: a change from one share to another. */
export const formatPoints = (change: number): string => `${signed(change * 100)} points`;

/** +300 %, of what it was before; of nothing: new, and back to nothing: gone. */
export function formatRelative(before: number, after: number): string {
  if (before === after) return '0 %';
  if (before === 0) return 'new';
  return after === 0 ? 'gone' : `${signed((after / before - 1) * 100)} %`;
}

const signed = (value: number): string => {
  const digits = threeDigits(Math.abs(value));
  return digits === '0' ? '0' : `${value < 0 ? '−' : '+'}${digits}`;
};

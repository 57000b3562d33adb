/**
 * Values of chosen functions by group of series and point, for both modes.
 *
 * Errors: InputError resource_exhausted when the functions that match make more series or points than a question may have.
 */
import { InputError } from '../errors.ts';
import { FunctionNumbers, StackMatches, unseen, withoutAny } from './functionNames.ts';
import type { FunctionVerdicts } from './functionNames.ts';
import type { FunctionChoice, Mode } from './metricSelector.ts';
import type { PointSums } from './pointSums.ts';
import type { SampleRows } from './sampleRows.ts';

export interface FunctionSum {
  readonly group: number;
  /** Index in names. */
  readonly number: number;
  readonly mode: Mode;
  /** By point. */
  readonly values: Float64Array;
}

export interface FunctionSumLimits {
  readonly mostSeries: number;
  /** Of all series together. */
  readonly mostPoints: number;
}

export class FunctionSums {
  readonly #numbers = new FunctionNumbers();
  readonly #all: FunctionSum[] = [];
  /** By group, then by 2 * number, plus 1 for total: an array, as there is a look-up for each sample and function. */
  readonly #places: (Float64Array | undefined)[][] = [];
  readonly #choice: FunctionChoice;
  readonly #modes: readonly Mode[];
  readonly #verdicts: FunctionVerdicts;
  readonly #limits: FunctionSumLimits;
  #matches: StackMatches | undefined;

  constructor(choice: FunctionChoice, modes: readonly Mode[], verdicts: FunctionVerdicts, limits: FunctionSumLimits) {
    this.#choice = choice;
    this.#modes = modes;
    this.#verdicts = verdicts;
    this.#limits = limits;
  }

  get names(): readonly string[] {
    return this.#numbers.names;
  }

  all(): readonly FunctionSum[] {
    return this.#all;
  }

  /** Adds the samples of one profile. */
  add(rows: SampleRows, row: number, group: number, cell: number, sums: PointSums): void {
    const matches = this.#matchesOf(rows);
    const codes = matches.codes(rows.placeCount);
    const { places, values } = rows;
    const point = cell - group * sums.grid.count;
    const wantsSelf = this.#modes.includes('self');
    const wantsTotal = this.#modes.includes('total');
    const fillsSelf = wantsSelf && this.#choice.literals !== undefined;
    const end = rows.sampleStart[row + 1] ?? 0;
    for (let i = rows.sampleStart[row] ?? 0; i < end; i++) {
      const place = places[i] ?? -1;
      let code = codes[place] ?? withoutAny;
      if (code === unseen) code = matches.look(place);
      if (code === withoutAny) continue;
      const functions = matches.lists[code - 2];
      if (functions === undefined) continue;
      const value = values[i] ?? 0;
      const { self, all } = functions;
      // Who is asked for by name has a self wherever it runs at all, though it be 0.
      if (fillsSelf) for (const number of all) this.sumOf(group, number, 'self', sums.grid.count);
      if (wantsSelf && self >= 0) addTo(this.sumOf(group, self, 'self', sums.grid.count), point, value);
      if (!wantsTotal) continue;
      for (const number of all) addTo(this.sumOf(group, number, 'total', sums.grid.count), point, value);
    }
  }

  sumOf(group: number, number: number, mode: Mode, pointCount: number): Float64Array {
    const places = (this.#places[group] ??= []);
    const place = 2 * number + (mode === 'total' ? 1 : 0);
    const known = places[place];
    if (known !== undefined) return known;
    const { mostSeries, mostPoints } = this.#limits;
    if (this.#all.length >= mostSeries || (this.#all.length + 1) * pointCount > mostPoints) {
      const series = this.#all.length + 1;
      const limit =
        series > mostSeries
          ? `${series} series, the limit is ${mostSeries} (--max-metric-series)`
          : `${series * pointCount} points, the limit is ${mostPoints} (--max-metric-points)`;
      const message = `the functions that match make at least ${limit}: narrow "function", mode or the series`;
      throw new InputError('resource_exhausted', message);
    }
    const values = new Float64Array(pointCount);
    places[place] = values;
    this.#all.push({ group, number, mode, values });
    return values;
  }

  #matchesOf({ known }: SampleRows): StackMatches {
    if (this.#matches?.known === known) return this.#matches;
    this.#matches = new StackMatches(known, this.#choice, this.#verdicts, this.#numbers);
    return this.#matches;
  }
}

function addTo(column: Float64Array, point: number, value: number): void {
  column[point] = (column[point] ?? 0) + value;
}

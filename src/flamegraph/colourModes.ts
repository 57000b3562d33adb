/**
 * What the colour of a bar tells: its package, binary or runtime, how much it does itself, or in a diff how it changed.
 *
 * Shape:  indexes into a palette's tones.
 */
import {
  changeStep,
  colourByName,
  colourOfName,
  colourOfText,
  diffColour,
  greyColour,
  ownShareColour,
} from './barColours.ts';
import type { FlameGraphData, Sides } from './flameGraphData.ts';
import { changeOf, selfOf, shareOf, totalOf, wholeOf } from './flameGraphData.ts';
import type { FrameTypes, Runtime } from './runtimeOf.ts';
import { binaryOf, runtimeOf, toldRuntime } from './runtimeOf.ts';

export type ColourMode = 'package' | 'binary' | 'runtime' | 'value' | 'diff';

export const colourModes: readonly (readonly [ColourMode, string])[] = [
  ['package', 'Package'],
  ['binary', 'Binary'],
  ['runtime', 'Runtime'],
  ['value', 'Own value'],
  ['diff', 'Change'],
];

/** A diff is coloured by change unless another mode was asked for; what is no diff cannot be. */
export function colourModeOf(asked: ColourMode | undefined, isDiff: boolean): ColourMode {
  if (asked === undefined || (asked === 'diff' && !isDiff)) return isDiff ? 'diff' : 'package';
  return asked;
}

export interface Colouring {
  readonly ofBar: (bar: number) => number;
  /** Of a function as a whole, from its sums. */
  readonly ofFunction: (name: number, total: Sides, self: Sides) => number;
}

const nothingTold: FrameTypes = new Map();

/** `types`: what is known of who runs the functions. */
export function colouringOf(data: FlameGraphData, mode: ColourMode, types: FrameTypes = nothingTold): Colouring {
  const whole = wholeOf(data);
  switch (mode) {
    case 'value': {
      const colour = (self: Sides): number =>
        ownShareColour(Math.max(shareOf(self.left, whole.left), shareOf(self.right, whole.right)));
      return { ofBar: (bar) => colour(selfOf(data, bar)), ofFunction: (_name, _total, self) => colour(self) };
    }
    case 'diff': {
      const colour = (total: Sides): number =>
        diffColour(changeStep(changeOf(total, whole)), (total.left === 0) !== (total.right === 0));
      return { ofBar: (bar) => colour(totalOf(data, bar)), ofFunction: (_name, total) => colour(total) };
    }
    default: {
      const ofName = colourByName(data.names, mode === 'runtime' ? colourByRuntime(types) : colourBy[mode]);
      // The root of callers and callees is a function, that of a whole graph is none.
      const firstFunction = data.whole === undefined ? 1 : 0;
      return {
        ofBar: (bar) => (bar < firstFunction ? greyColour : ofName(data.name[bar] ?? 0)),
        ofFunction: (name) => ofName(name),
      };
    }
  }
}

/** Of the eight light hues each runtime has one, so that a legend can name them. */
export const runtimes: readonly (readonly [Runtime, string, number])[] = [
  ['kernel', 'Kernel', 2],
  ['native', 'Native', 1],
  ['go', 'Go', 7],
  ['jvm', 'JVM', 6],
  ['python', 'Python', 3],
  ['javascript', 'JavaScript', 4],
  ['other', 'Other', 5],
  ['unknown', 'Unknown', greyColour],
];

const colourBy = {
  package: colourOfName,
  binary: (name: string): number => {
    const binary = binaryOf(name);
    return binary === '' ? greyColour : colourOfText(binary);
  },
};

const colourByRuntime =
  (types: FrameTypes) =>
  (name: string): number => {
    const runtime = toldRuntime(types, name) ?? runtimeOf(name);
    return runtimes.find(([each]) => each === runtime)?.[2] ?? greyColour;
  };

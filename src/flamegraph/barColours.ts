/**
 * Colours of bars: one per package, by a hash that is the same in every graph and on every day; ramps for values and for
 * what changed.
 *
 * Shape:  a palette for a theme, in four tones; index 0 is grey, for the root; then sixteen colours for texts, one ramp of
 *         own values, one of changes from less to more, and that one again, hatched.
 * Source: eight light colours that stay apart for the colour-blind (P. Tol, "Colour schemes", 2021, scheme "light"),
 *         each in two strengths; blue and orange for changes, which all eyes tell apart. The test simulates deficient
 *         sight.
 */
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';
import { packageOf } from './packageOf.ts';

export interface Swatch {
  readonly fill: string;
  /** The fill as a pixel of image data, read as a little-endian word. */
  readonly pixel: number;
  readonly text: string;
  /** Of the lines that cross the fill of new and vanished bars. */
  readonly hatchPixel: number | undefined;
}

export interface Palette {
  readonly backgroundPixel: number;
  readonly full: readonly Swatch[];
  /** Ancestors of the focus. */
  readonly faded: readonly Swatch[];
  /** Runs of bars that are too narrow to draw, in their parent's tint. */
  readonly run: readonly Swatch[];
  /** What a search does not mean. */
  readonly dim: readonly Swatch[];
}

type Rgb = readonly [number, number, number];

const grey: Rgb = [186, 190, 198];
const hues: readonly Rgb[] = [
  [119, 170, 221],
  [238, 136, 102],
  [238, 221, 136],
  [68, 187, 153],
  [255, 170, 187],
  [187, 204, 51],
  [153, 221, 255],
  [170, 170, 0],
];
export const greyColour = 0;
const textColourCount = hues.length * 2;
/** Shares of the whole at which the own value takes the next colour of its ramp. */
export const ownShareSteps = [0.001, 0.005, 0.02, 0.05, 0.1, 0.2];
const ownShareRamp: readonly [Rgb, Rgb] = [
  [240, 235, 200],
  [226, 116, 62],
];
const firstOwnShare = 1 + textColourCount;
/** Changes in share at which blue and orange grow stronger: 0.1, 1, 3 and 10 points. */
export const changeSteps = [0.001, 0.01, 0.03, 0.1];
const [less, more]: readonly [Rgb, Rgb] = [
  [44, 123, 200],
  [240, 130, 20],
];
const firstChange = firstOwnShare + ownShareSteps.length + 1;
const changeCount = 2 * changeSteps.length + 1;
const firstHatched = firstChange + changeCount;

export function makePalette(theme: FlameGraphTheme): Palette {
  const back = parseColour(theme.background) ?? (theme.isDark ? [24, 27, 31] : [255, 255, 255]);
  const strong = (colour: Rgb): Rgb => (theme.isDark ? mix(colour, [0, 0, 0], 0.2) : colour);
  const weaker = (colour: Rgb): Rgb => mix(strong(colour), theme.isDark ? [0, 0, 0] : [255, 255, 255], 0.22);
  const changes = changeRamp().map(strong);
  const plain = [strong(grey), ...hues.map(strong), ...hues.map(weaker), ...ownRamp().map(strong), ...changes];
  const hatch: Rgb = theme.isDark ? [255, 255, 255] : [0, 0, 0];
  const tone = (share: number): readonly Swatch[] => [
    ...plain.map((colour) => swatchOf(mix(colour, back, share))),
    ...changes.map((colour) => swatchOf(mix(colour, back, share), mix(mix(colour, hatch, 0.35), back, share))),
  ];
  const dim = tone(0.8).map((swatch) => ({ ...swatch, text: theme.secondaryText }));
  return { backgroundPixel: pixelOf(back), full: tone(0), faded: tone(0.45), run: tone(0.3), dim };
}

function ownRamp(): readonly Rgb[] {
  const [from, to] = ownShareRamp;
  return Array.from({ length: ownShareSteps.length + 1 }, (_, step) => mix(from, to, step / ownShareSteps.length));
}

/** From much less over unchanged to much more. */
function changeRamp(): readonly Rgb[] {
  const most = changeSteps.length;
  return Array.from({ length: changeCount }, (_, i) => {
    const step = i - most;
    return step === 0 ? grey : mix(grey, step < 0 ? less : more, 0.25 + (0.75 * (Math.abs(step) - 1)) / (most - 1));
  });
}

/** How strong a change of share is, from -4 to 4. */
export function changeStep(change: number): number {
  const size = changeSteps.filter((bound) => Math.abs(change) >= bound).length;
  return change < 0 ? -size : size;
}

export const diffColour = (step: number, isHatched: boolean): number =>
  (isHatched ? firstHatched : firstChange) + step + changeSteps.length;

export const ownShareColour = (share: number): number =>
  firstOwnShare + ownShareSteps.filter((bound) => share >= bound).length;

const swatchOf = (colour: Rgb, hatch?: Rgb): Swatch => ({
  fill: rgb(colour),
  pixel: pixelOf(colour),
  text: luminance(colour) > 0.179 ? '#000' : '#fff',
  hatchPixel: hatch && pixelOf(hatch),
});
const pixelOf = ([red, green, blue]: Rgb): number =>
  ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
const rgb = (colour: Rgb): string => `rgb(${colour.map(Math.round).join(',')})`;
const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Relative luminance of WCAG 2; at 0.179 black and white text are read equally well. */
function luminance([red, green, blue]: Rgb): number {
  const linear = (part: number): number => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** #rgb, #rrggbb or rgb(r, g, b), as themes write them; undefined for other spellings. */
export function parseColour(text: string): Rgb | undefined {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text);
  if (short !== null) return [1, 2, 3].map((i) => parseInt((short[i] ?? '').repeat(2), 16)).reduce(triple, [0, 0, 0]);
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})(?:[\da-f]{2})?$/i.exec(text);
  if (long !== null) return [1, 2, 3].map((i) => parseInt(long[i] ?? '', 16)).reduce(triple, [0, 0, 0]);
  const parts = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/.exec(text);
  return parts === null ? undefined : [1, 2, 3].map((i) => Number(parts[i])).reduce(triple, [0, 0, 0]);
}

const triple = (colour: Rgb, part: number, at: number): Rgb => [
  at === 0 ? part : colour[0],
  at === 1 ? part : colour[1],
  at === 2 ? part : colour[2],
];

/** Index into a palette's tones for a name's package; a name without one stands for itself. */
export const colourOfName = (name: string): number => colourOfText(packageOf(name) || name.slice(0, 256));

export function colourOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return 1 + (((hash ^ (hash >>> 15)) >>> 0) % textColourCount);
}

const notYet = 255;

/** Colour indexes by name index, each worked out when it is first asked for: most names are never in view. */
export function colourByName(names: readonly string[], colourOf = colourOfName): (name: number) => number {
  const known = new Uint8Array(names.length).fill(notYet);
  return (name) => {
    const before = known[name] ?? notYet;
    if (before !== notYet) return before;
    const colour = colourOf(names[name] ?? '');
    known[name] = colour;
    return colour;
  };
}

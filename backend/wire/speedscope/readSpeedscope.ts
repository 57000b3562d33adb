/**
 * Reads a file of speedscope, the format that many tools export.
 *
 * Shape:  { shared: { frames }, profiles: [evented or sampled] } -> a LabelledProfile for each, with the label profile_name.
 *         Evented: frames open and close at times, and the time between two events belongs to what is open. Sampled: a stack,
 *         root first, with a weight each.
 * Units:  none is samples at the head's rate (process_cpu:cpu), seconds to nanoseconds are wall time, bytes memory:samples.
 *         Fractions are added as they are and rounded once for each stack.
 * Errors: InputError invalid_argument with the path in the JSON. Negative weights are counted in leftOut. Frames past the
 *         stack depth limit are cut at the leaf side.
 * Source: speedscope.app/file-format-schema.json; types as recorded from a running Pyroscope, which takes the time of two
 *         profiles of one name for CPU time.
 */
import type { LabelledProfile, WireReading } from '../../model/labelledProfile.ts';
import { TableBuilder } from '../../model/profileBuilder.ts';
import type { Profile } from '../../model/profile.ts';
import type { TextLimits } from '../folded/decodeText.ts';
import { decodeText } from '../folded/decodeText.ts';
import { LeftOutTally } from '../folded/leftOutTally.ts';
import { mostLocations, tooManyLocations } from '../folded/stackSums.ts';
import type { ReadingHead } from '../ingest/readingHead.ts';
import { namedLabels } from '../ingest/readingHead.ts';
import type { TextProfileType } from '../ingest/textProfileType.ts';
import { textProfileType } from '../ingest/textProfileType.ts';
import { indexAt, listAt, numberAt, objectAt, placeAt, textAt, wrongShape } from './jsonShape.ts';
import type { JsonObject } from './jsonShape.ts';
import { WeightTree } from './weightTree.ts';

export interface SpeedscopeHead extends ReadingHead {
  /** Samples a second, for profiles without a unit. */
  readonly sampleRate: number;
}

interface Unit {
  readonly type: TextProfileType;
  /** A weight of 1 in the type's unit. */
  readonly factor: number;
}

const mostProfiles = 1_000;
const nanosByUnit: ReadonlyMap<string, number> = new Map([
  ['nanoseconds', 1],
  ['microseconds', 1e3],
  ['milliseconds', 1e6],
  ['seconds', 1e9],
]);

export function readSpeedscope(bytes: Uint8Array, head: SpeedscopeHead, limits: TextLimits): WireReading {
  const file = objectAt(parseJson(decodeText(bytes, 'speedscope', limits)), () => 'the file');
  const tables = new TableBuilder();
  const frames = readFrames(
    objectAt(file['shared'], () => 'shared'),
    tables,
  );
  const listed = listAt(file['profiles'], () => 'profiles');
  if (listed.length > mostProfiles) throw wrongShape(() => 'profiles', `more than ${mostProfiles}`);
  const leftOut = new LeftOutTally();
  const read = listed.map((entry, i) => {
    const path = `profiles[${i}]`;
    const profile = objectAt(entry, () => path);
    const tree = new WeightTree(frames.length, limits);
    if (profile['type'] === 'evented') readEvents(profile, path, frames.length, tree);
    else if (profile['type'] === 'sampled') readSamples(profile, path, frames.length, tree, leftOut);
    else throw wrongShape(() => `${path}.type`, 'expected "evented" or "sampled"');
    const unit = unitOf(
      textAt(profile['unit'], () => `${path}.unit`),
      head.sampleRate,
      path,
    );
    return { tree, unit, name: textAt(profile['name'], () => `${path}.name`) };
  });
  const stackTables = tables.finish();
  const isTwice = (name: string): boolean => read.filter((other) => other.name === name).length > 1;
  let locationCount = 0;
  const profiles = read.map(({ tree, unit, name }): LabelledProfile => {
    const type = unit.type.name === 'wall' && isTwice(name) ? textProfileType('cpu', head.sampleRate) : unit.type;
    const { sampleType, periodType, period } = type;
    const { timeNanos, durationNanos } = head;
    const profileHead = { sampleTypes: [sampleType], periodType, period, timeNanos, durationNanos };
    const profile: Profile = tree.finish(stackTables, profileHead, unit.factor, frames);
    locationCount += profile.stacks.stackLocations.length;
    if (locationCount > mostLocations) throw tooManyLocations('speedscope');
    const more = name === '' ? [] : [{ name: 'profile_name', value: name }];
    return { labels: namedLabels(type.name, ...head.labels, ...more), profile };
  });
  return {
    profiles: profiles.filter(({ profile }) => profile.sampleCount > 0),
    leftOut: leftOut.finish(),
    revision: 'speedscope',
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's only failure is bad input.
    throw wrongShape(() => 'the file', (error instanceof Error ? error.message : String(error)).slice(0, 200));
  }
}

/** Location of each shared frame. */
function readFrames(shared: JsonObject, tables: TableBuilder): readonly number[] {
  return listAt(shared['frames'], () => 'shared.frames').map((entry, i) => {
    const path = `shared.frames[${i}]`;
    const frame = objectAt(entry, () => path);
    const name = frame['name'];
    if (typeof name !== 'string') throw wrongShape(() => `${path}.name`, 'expected a string');
    const file = textAt(frame['file'], () => `${path}.file`);
    const line = placeAt(frame['line'], () => `${path}.line`);
    return tables.location([{ name, file, line, column: placeAt(frame['col'], () => `${path}.col`) }]);
  });
}

function unitOf(unit: string, sampleRate: number, path: string): Unit {
  if (unit === 'none') {
    const type = textProfileType('cpu', sampleRate);
    return { type, factor: 1e9 / sampleRate };
  }
  if (unit === 'bytes') return { type: textProfileType('bytes', sampleRate), factor: 1 };
  const nanos = nanosByUnit.get(unit);
  if (nanos === undefined)
    throw wrongShape(() => `${path}.unit`, 'expected none, bytes, seconds, milliseconds, microseconds or nanoseconds');
  // The weights are times, so there is no period of samples.
  return { type: { ...textProfileType('wall', sampleRate), period: 0n }, factor: nanos };
}

function readSamples(
  profile: JsonObject,
  path: string,
  frameCount: number,
  tree: WeightTree,
  leftOut: LeftOutTally,
): void {
  const samples = listAt(profile['samples'], () => `${path}.samples`);
  const weights = listAt(profile['weights'], () => `${path}.weights`);
  if (samples.length !== weights.length)
    throw wrongShape(() => `${path}.weights`, `${weights.length} weights for ${samples.length} samples`);
  samples.forEach((entry, i) => {
    const weight = numberAt(weights[i], () => `${path}.weights[${i}]`);
    const stack = listAt(entry, () => `${path}.samples[${i}]`);
    let node = tree.root;
    stack.forEach((frame, k) => {
      node = tree.child(
        node,
        indexAt(frame, frameCount, () => `${path}.samples[${i}][${k}]`),
      );
    });
    if (weight < 0) leftOut.add('negative_value', () => `speedscope, ${path}.weights[${i}]: negative`);
    else tree.add(node, weight);
  });
}

function readEvents(profile: JsonObject, path: string, frameCount: number, tree: WeightTree): void {
  let node = tree.root;
  let before = numberAt(profile['startValue'], () => `${path}.startValue`);
  listAt(profile['events'], () => `${path}.events`).forEach((entry, i) => {
    const event = objectAt(entry, () => `${path}.events[${i}]`);
    const at = numberAt(event['at'], () => `${path}.events[${i}].at`);
    const frame = indexAt(event['frame'], frameCount, () => `${path}.events[${i}].frame`);
    if (at < before) throw wrongShape(() => `${path}.events[${i}].at`, `${at} is before ${before}`);
    if (node !== tree.root) tree.add(node, at - before);
    before = at;
    if (event['type'] === 'O') node = tree.child(node, frame);
    else if (event['type'] !== 'C') throw wrongShape(() => `${path}.events[${i}].type`, 'expected "O" or "C"');
    else if (tree.frameOf(node) !== frame)
      throw wrongShape(() => `${path}.events[${i}].frame`, `frame ${frame} is not the open one`);
    else node = tree.parentOf(node);
  });
  if (node !== tree.root) throw wrongShape(() => `${path}.events`, `frame ${tree.frameOf(node)} is never closed`);
}

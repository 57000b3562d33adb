/**
 * Walks a profile and fails when an index leads nowhere: every reader's tests call it on whatever the reader let pass.
 *
 * Errors: an invariant that names the column.
 */
import { frameTypeNames } from './frameType.ts';
import { isUtf8 } from 'node:buffer';
import { invariant } from '../errors.ts';
import type { Profile } from './profile.ts';
import type { StackTable, StringTable } from './stackTable.ts';

export function assertProfileIntegrity(profile: Profile): void {
  const { sampleTypes, sampleCount, values, labelStart, labelName, labelText, stacks } = profile;
  invariant(sampleTypes.length > 0, 'at least one sample type');
  invariant(values.length === sampleCount * sampleTypes.length, 'a value per sample and type');
  invariant(stacks.stackCount === sampleCount, 'a stack for each sample');
  assertStarts('labelStart', labelStart, sampleCount, labelName.length);
  invariant(labelText.length === labelName.length, 'a text for each label name');
  const { strings } = stacks;
  assertBelow('labelName', labelName, strings.starts.length);
  assertBelow('labelText', labelText, strings.starts.length);
  assertStackIntegrity(stacks);
}

export function assertStackIntegrity({
  strings,
  mappings,
  functions,
  locations,
  stackCount,
  stackStart,
  stackLocations,
}: StackTable): void {
  assertStrings(strings);
  const stringCount = strings.starts.length;
  invariant(mappings.count > 0, 'mapping 0 is "none"');
  invariant(mappings.file[0] === 0 && mappings.buildId[0] === 0, 'mapping 0 has no file and no build id');
  for (const [name, column] of [
    ['mappings.file', mappings.file],
    ['mappings.buildId', mappings.buildId],
    ['functions.name', functions.name],
    ['functions.systemName', functions.systemName],
    ['functions.file', functions.file],
  ] as const) {
    invariant(
      column.length === (name.startsWith('m') ? mappings.count : functions.count),
      `${name} is as long as its table`,
    );
    assertBelow(name, column, stringCount);
  }
  invariant(functions.startLine.length === functions.count, 'functions.startLine is as long as its table');
  if (functions.frameType !== undefined) {
    invariant(functions.frameType.length === functions.count, 'functions.frameType is as long as its table');
    for (const type of functions.frameType) invariant(type < frameTypeNames.length, `frame type ${type} has a name`);
  }
  assertBelow('locations.mapping', locations.mapping, mappings.count);
  invariant(locations.mapping.length === locations.count, 'locations.mapping is as long as its table');
  invariant(locations.address.length === locations.count, 'locations.address is as long as its table');
  assertStarts('locations.lineStart', locations.lineStart, locations.count, locations.lineFunction.length);
  assertBelow('locations.lineFunction', locations.lineFunction, functions.count);
  invariant(locations.lineNumber.length === locations.lineFunction.length, 'a line number for each line');
  invariant(locations.lineColumn.length === locations.lineFunction.length, 'a column for each line');
  assertStarts('stackStart', stackStart, stackCount, stackLocations.length);
  assertBelow('stackLocations', stackLocations, locations.count);
}

function assertStrings({ bytes, starts, ends }: StringTable): void {
  invariant(starts.length > 0 && starts[0] === ends[0], "string 0 is ''");
  invariant(starts.length === ends.length, 'an end for each string');
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    const end = ends[i] ?? 0;
    invariant(start <= end && end <= bytes.length, `string ${i} lies inside the bytes`);
    invariant(isUtf8(bytes.subarray(start, end)), `string ${i} is UTF-8`);
  }
}

function assertStarts(name: string, starts: Uint32Array, count: number, total: number): void {
  invariant(starts.length === count + 1 && starts[0] === 0 && starts[count] === total, `${name} spans its column`);
  for (let i = 0; i < count; i++) invariant((starts[i] ?? 0) <= (starts[i + 1] ?? 0), `${name} ascends`);
}

function assertBelow(name: string, column: Uint32Array, limit: number): void {
  for (const index of column) invariant(index < limit, `${name}: ${index} is below ${limit}`);
}

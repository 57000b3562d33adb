/** What a profile says, as text, so that two profiles can be compared whose tables are numbered in different ways. */
import type { Profile } from '../../model/profile.ts';
import { textAt } from '../../model/stackTable.ts';

export interface ProfileInWords {
  readonly head: string;
  /** Frames leaf first; see locationInWords. */
  readonly samples: readonly string[];
}

export function profileInWords(profile: Profile): ProfileInWords {
  const { stacks, values, labelStart, labelName, labelText, sampleTypes, periodType } = profile;
  const text = (index: number | undefined): string => textAt(stacks.strings, index ?? 0);
  const typeCount = sampleTypes.length;
  const locations = Array.from({ length: stacks.locations.count }, (_, location) => locationInWords(profile, location));
  const typeInWords = (type: (typeof sampleTypes)[number]): string => `${type.type}:${type.unit}`;
  const samples = Array.from({ length: profile.sampleCount }, (_, sample) => {
    const stack = stacks.stackLocations.subarray(stacks.stackStart[sample], stacks.stackStart[sample + 1]);
    const frames = Array.from(stack, (location) => locations[location] ?? '');
    let line = `${frames.join(' | ')} = ${values.slice(sample * typeCount, (sample + 1) * typeCount).join(' ')}`;
    for (let label = labelStart[sample] ?? 0; label < (labelStart[sample + 1] ?? 0); label++)
      line += ` ${JSON.stringify(text(labelName[label]))}=${JSON.stringify(text(labelText[label]))}`;
    return line;
  });
  const period = periodType === undefined ? 'none' : typeInWords(periodType);
  const head = [
    `types ${sampleTypes.map(typeInWords).join()}`,
    `default ${profile.defaultSampleType}`,
    `period ${profile.period} ${period}`,
    `time ${profile.timeNanos} +${profile.durationNanos}`,
  ];
  return { head: head.join(', '), samples };
}

/** name(system name)@file:start line, line:column; then [mapping] and the address, when there are any. */
function locationInWords({ stacks }: Profile, location: number): string {
  const { functions, locations, mappings } = stacks;
  const text = (index: number | undefined): string => textAt(stacks.strings, index ?? 0);
  const lines: string[] = [];
  for (let line = locations.lineStart[location] ?? 0; line < (locations.lineStart[location + 1] ?? 0); line++) {
    const fn = locations.lineFunction[line] ?? 0;
    const place = `${text(functions.file[fn])}:${functions.startLine[fn]}`;
    const at = `${locations.lineNumber[line]}:${locations.lineColumn[line]}`;
    lines.push(`${text(functions.name[fn])}(${text(functions.systemName[fn])})@${place} ${at}`);
  }
  const mapping = locations.mapping[location] ?? 0;
  const range = `${mappings.start[mapping]}-${mappings.limit[mapping]}+${mappings.offset[mapping]}`;
  const where = `${range} ${text(mappings.file[mapping])} ${text(mappings.buildId[mapping])}`;
  const address = locations.address[location] ?? 0n;
  // A mapping of zeros says as much as none.
  return `${lines.join(' < ')}${where === '0-0+0  ' ? '' : ` [${where}]`}${address === 0n ? '' : ` 0x${address.toString(16)}`}`;
}

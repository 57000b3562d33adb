/**
 * Splits the key of a bpftrace map into stacks and other values.
 *
 * Shape:  values are joined with a comma; a stack begins and ends with a newline and holds a frame a line. A comma inside of a
 *         frame joins nothing; one inside of another value cannot be told from one between two.
 */
export interface MapKey {
  /** Of all stacks, leaf first. */
  readonly frames: readonly string[];
  readonly scalars: readonly string[];
  readonly hasStack: boolean;
}

export function readMapKey(text: string): MapKey {
  const frames: string[] = [];
  const scalars: string[] = [];
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    // Frames are the lines that have a newline on both sides and do not go on with the next value.
    const isBetween = i > 0 && i < lines.length - 1;
    if (isBetween && !line.startsWith(',')) {
      const frame = line.trim();
      if (frame !== '') frames.push(frame);
      return;
    }
    for (const part of line.split(',')) {
      const scalar = part.trim();
      if (scalar !== '') scalars.push(scalar);
    }
  });
  return { frames, scalars, hasStack: lines.length > 2 };
}

// Whether something built is older than what it was built from.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds since 1970 of the youngest file at or below the paths; 0 when there is none. */
export function youngest(paths) {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    latest = Math.max(
      latest,
      stat.isDirectory() ? youngest(readdirSync(path).map((name) => join(path, name))) : stat.mtimeMs,
    );
  }
  return latest;
}

export const isFresh = (output, sources) => {
  const stat = statSync(output, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs >= youngest(sources);
};

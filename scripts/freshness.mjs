// Whether something built is older than what it was built from.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds since 1970 of the youngest file at or below the paths; 0 when there is none. */
export function youngest(paths) {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    // A folder's own time tells of files that were taken out.
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory()) latest = Math.max(latest, youngest(readdirSync(path).map((name) => join(path, name))));
  }
  return latest;
}

export const isFresh = (output, sources) => {
  const stat = statSync(output, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs >= youngest(sources);
};

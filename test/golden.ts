/** Recorded real input, when it is there: PYROLENS_GOLDEN, or ../shared/golden beside the project. Nothing needs it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

export function findGolden(): string | undefined {
  const dir = process.env['PYROLENS_GOLDEN'] ?? join(projectRoot, '../shared/golden');
  return existsSync(join(dir, 'pprof')) ? dir : undefined;
}

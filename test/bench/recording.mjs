// npm run bench recording: 100 recording rules over 100 pods that send a profile every 15 s, minute by minute as they come in,
// and all minutes at once, as after a stop.
// Units: ms of wall and of CPU (engine included) for a minute of all rules.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { seededRandom } from './madeUpProfiles.mjs';

const pods = 100;
const rules = 100;
const minutes = 12;
const stackCount = 600;
const functionCount = 600;
const depth = 25;

export async function benchRecording(root) {
  const outfile = join(root, 'build/bench/recordingRun.mjs');
  await build({
    entryPoints: [join(root, 'test/bench/recordingRun.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    external: ['chdb', 'chdb/*'],
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  });
  const { runRecording } = await import(pathToFileURL(outfile).href);
  const random = seededRandom(5);
  const stacks = Array.from({ length: stackCount }, () =>
    ['main', ...Array.from({ length: 1 + Math.floor(random() * depth) }, (_, level) => nameAt(random, level))].join(
      ';',
    ),
  );
  const { live, caughtUp } = await runRecording({ pods, rules, minutes, stacks, random });
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`,
  );
  console.log(
    `${rules} rules, ${pods} pods x 4 profiles of ${stackCount / 2} samples a minute, ${live.at(-1).series} series`,
  );
  // The first minute compiles and learns all names.
  const warm = live.slice(1);
  for (const [what, key] of [
    ['wall', 'wallMillis'],
    ['CPU', 'cpuMillis'],
  ]) {
    const sorted = warm.map((minute) => minute[key]).sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)];
    console.log(
      `a minute as it comes: ${what} ${middle.toFixed(0)} ms (median), ${sorted.at(-1).toFixed(0)} ms at most, first ${live[0][key].toFixed(0)} ms`,
    );
  }
  console.log(
    `${minutes} minutes at once, by a new evaluator: ${caughtUp.wallMillis.toFixed(0)} ms, CPU ${caughtUp.cpuMillis.toFixed(0)} ms`,
  );
}

/** Names near the root are shared, as in real stacks. */
function nameAt(random, level) {
  const many = Math.min(functionCount, 3 * 2 ** Math.min(level, 8));
  return `github.com/example/service/pkg${level % 7}.method${Math.floor(random() * many)}`;
}

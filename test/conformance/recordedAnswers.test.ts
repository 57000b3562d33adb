/**
 * Recorded answers of a running Pyroscope, replayed: what is not a known gap must be answered the same way, and a gap that
 * has closed must leave the list.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findGolden } from '../golden.ts';
import { startTestServer } from '../testServer.ts';
import { knownGapGroups, knownGaps, unlikeInputs } from './knownGaps.ts';

interface RecordedCase {
  readonly name: string;
  readonly optional?: boolean;
}

/** What the replaying tool beside the recordings exports. */
interface Replay {
  readJsonl(file: string): readonly RecordedCase[];
  pushInputs(base: string, file: string, log: (line: string) => void, options: object): Promise<{ readonly n: number }>;
  runCases(
    base: string,
    cases: readonly RecordedCase[],
    dir: string,
    options: object,
    onResult: (one: RecordedCase, errors: readonly string[]) => void,
  ): Promise<void>;
}

const golden = findGolden();
const tool = golden === undefined ? '' : join(golden, '../bench/replay.mjs');
const available = golden !== undefined && existsSync(tool);
if (!available) console.log('conformance: no recordings found, 0 cases ran');

/** The tool takes a file, beside which it looks for the bodies. */
async function pushInputs(replay: Replay, url: string, dir: string, log: (line: string) => void): Promise<void> {
  const inputsDir = mkdtempSync(join(tmpdir(), 'pyrolens-inputs-'));
  try {
    const isTaken = (line: string): boolean =>
      line.trim() !== '' && !unlikeInputs.has((JSON.parse(line) as { readonly id: string }).id);
    const lines = readFileSync(join(dir, 'inputs.jsonl'), 'utf8').split('\n').filter(isTaken);
    const file = join(inputsDir, 'inputs.jsonl');
    writeFileSync(file, lines.join('\n'));
    symlinkSync(join(dir, 'files'), join(inputsDir, 'files'));
    await replay.pushInputs(url, file, log, { pushConcurrency: 32 });
  } finally {
    rmSync(inputsDir, { recursive: true });
  }
}

(available ? test : test.skip)(
  'recorded answers come out the same',
  async () => {
    const dir = join(golden ?? '', 'pyroscope-answers');
    const replay = (await import(pathToFileURL(tool).href)) as Replay;
    const server = await startTestServer({
      store: 'chdb',
      limits: { rejectOlderThanMillis: Infinity, rejectNewerThanMillis: Infinity, queryLengthMillis: 86_400_000 },
    });
    const different: string[] = [];
    const closed: string[] = [];
    let passed = 0;
    let gaps = 0;
    try {
      const refused: string[] = [];
      await pushInputs(replay, server.url, dir, (line) => refused.push(line));
      expect(refused).toEqual([]);
      const files = readdirSync(dir).filter((name) => name.startsWith('cases-'));
      // Cases of refused input come last: what is kept of them here must not be seen by the others.
      const isLast = (name: string): number => Number(name.includes('ingest-errors'));
      for (const file of files.sort((a, b) => isLast(a) - isLast(b) || (a < b ? -1 : 1))) {
        const group = file.replace(/^cases-|\.jsonl(\.gz)?$/g, '');
        await replay.runCases(server.url, replay.readJsonl(join(dir, file)), dir, {}, (one, errors) => {
          const isGap = knownGapGroups.has(group) || knownGaps.has(one.name);
          if (errors.length === 0) {
            passed++;
            if (knownGaps.has(one.name)) closed.push(one.name);
          } else if (isGap || one.optional === true) gaps++;
          else different.push(`${one.name}: ${(errors[0] ?? '').slice(0, 300)}`);
        });
      }
    } finally {
      await server.close();
    }
    console.log(`conformance: ${passed} passed, ${gaps} known gaps, ${different.length} differ`);
    expect(different).toEqual([]);
    expect(closed).toEqual([]);
  },
  120_000,
);

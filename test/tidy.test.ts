/** What a test can hold of the house style: who may import whom, sizes, and ratchets that only go down. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const longestFile = 400;
const longestFunction = 70;
const deepestFolder = 4;

/** Rooms and what each may import besides itself; a file belongs to the longest room that begins its path. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'backend/buildInfo.ts': [],
  'backend/errors.ts': [],
  'backend/limits.ts': [],
  'backend/log.ts': [],
  'backend/model': ['backend/errors.ts'],
  'backend/wire': ['backend/model', 'backend/errors.ts', 'backend/limits.ts'],
  'backend/store': ['backend/model', 'backend/errors.ts', 'backend/limits.ts', 'backend/log.ts'],
  'backend/documents': ['backend/model', 'backend/errors.ts'],
  'backend/ingest': ['backend/model', 'backend/store', 'backend/errors.ts', 'backend/limits.ts'],
  'backend/query': ['backend/model', 'backend/store', 'backend/errors.ts', 'backend/limits.ts'],
  'backend/promql': ['backend/model', 'backend/errors.ts'],
  'backend/metrics': [
    'backend/model',
    'backend/store',
    'backend/query',
    'backend/promql',
    'backend/errors.ts',
    'backend/limits.ts',
  ],
  'backend/rules': [
    'backend/wire',
    'backend/model',
    'backend/store',
    'backend/documents',
    'backend/query',
    'backend/promql',
    'backend/metrics',
    'backend/errors.ts',
    'backend/limits.ts',
    'backend/log.ts',
  ],
  'backend/remoteWrite': [
    'backend/wire',
    'backend/model',
    'backend/rules/sampleSink.ts',
    'backend/errors.ts',
    'backend/log.ts',
  ],
  'backend/grafana': [
    'backend/wire',
    'backend/model',
    'backend/store',
    'backend/query',
    'backend/errors.ts',
    'backend/limits.ts',
  ],
  'backend/http': [
    'backend/wire',
    'backend/grafana',
    'backend/model',
    'backend/store',
    'backend/ingest',
    'backend/query',
    'backend/promql',
    'backend/metrics',
    'backend/documents',
    'backend/rules',
    'backend/remoteWrite/remoteWriteMetrics.ts',
    'backend/buildInfo.ts',
    'backend/errors.ts',
    'backend/limits.ts',
    'backend/log.ts',
  ],
  'backend/client': [
    'backend/wire',
    'backend/model',
    'backend/buildInfo.ts',
    'backend/errors.ts',
    'backend/limits.ts',
    'backend/log.ts',
  ],
  backend: ['backend/'],
  'src/flamegraph': [],
  'src/page': ['src/flamegraph'],
  'src/datasource': ['src/flamegraph'],
  // The panel reads selectors as the data source writes them.
  'src/panel': ['src/flamegraph', 'src/datasource/data'],
  src: ['src/'],
  test: ['backend/', 'src/', 'scripts/'],
};
/** Packages that only these rooms may import. */
const packageRooms: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(@grafana\/|react)/, ['src', 'src/datasource', 'src/panel', 'test']],
  [/^(chdb|@clickhouse\/)/, ['backend/store', 'test']],
  [/^(express|prom-client)/, ['backend/http', 'test']],
  [/^@connectrpc\//, ['backend/http', 'backend', 'test']],
  [/^yaml$/, ['backend/rules', 'test']],
];
/** How often each may still stand in the code. They only go down. */
const ratchets: readonly (readonly [string, RegExp, number])[] = [
  ['any', /(:\s*any\b|\bas any\b|<any>|any\[\])/g, 0],
  ['as unknown as', /\bas unknown as\b/g, 0],
  ['eslint-disable', /eslint-disable/g, 0],
  ['@ts-ignore', /@ts-(ignore|expect-error|nocheck)/g, 0],
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  maxBuffer: 2 ** 24,
})
  .toString()
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('/gen/') && !file.endsWith('.d.ts'));
const textOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);
const roomOf = (path: string): string | undefined => rooms.find((room) => path === room || path.startsWith(`${room}/`));

function importsOf(file: string): readonly string[] {
  const found = [...(textOf.get(file) ?? '').matchAll(/(?:from|import\()\s*'([^']+)'/g)];
  return found.map(([, specifier = '']) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier,
  );
}

test('there is something to hold', () => expect(files.length).toBeGreaterThan(50));

test('rooms import only what they may', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = roomOf(file);
    const isTest = file.endsWith('.test.ts') || file.endsWith('.test.tsx') || file.endsWith('storeContract.ts');
    for (const target of importsOf(file)) {
      const inside = target.startsWith('backend/') || target.startsWith('src/') || target.startsWith('test/');
      if (!inside) {
        const rule = packageRooms.find(([pattern]) => pattern.test(target));
        if (rule !== undefined && !rule[1].includes(room ?? '')) wrong.push(`${file} imports the package ${target}`);
        continue;
      }
      const allowed = room === undefined ? [] : [room, ...(mayImport[room] ?? [])];
      const fits = allowed.some(
        (start) => target === start || target.startsWith(start.endsWith('/') ? start : `${start}/`),
      );
      const ofTests = target.startsWith('test/') || target.split('/')[0] === file.split('/')[0];
      if (!fits && !(isTest && ofTests)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('backend and src never import each other', () => {
  const crossing = files.filter((file) =>
    importsOf(file).some(
      (target) =>
        (file.startsWith('src/') && target.startsWith('backend/')) ||
        (file.startsWith('backend/') && target.startsWith('src/')),
    ),
  );
  expect(crossing).toEqual([]);
});

test(`files stop at ${longestFile} lines`, () => {
  expect(files.filter((file) => (textOf.get(file) ?? '').split('\n').length > longestFile + 1)).toEqual([]);
});

test(`functions stop at ${longestFunction} lines`, () => {
  const long: string[] = [];
  for (const file of files.filter(
    (name) => !/\.test\.tsx?$/.test(name) && !name.startsWith('test/') && !/Contract\w*\.ts$/.test(name),
  )) {
    const source = ts.createSourceFile(file, textOf.get(file) ?? '', ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
        const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
        const lines = source.getLineAndCharacterOfPosition(node.end).line - first + 1;
        if (lines > longestFunction) long.push(`${file}:${first + 1} has ${lines}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(long).toEqual([]);
});

test(`folders stop at depth ${deepestFolder}`, () => {
  expect(files.filter((file) => file.split('/').length - 1 > deepestFolder)).toEqual([]);
});

test('files are named after what they hold: no barrels, no drawers', () => {
  expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common)\.tsx?$/.test(file))).toEqual([]);
});

for (const [name, pattern, most] of ratchets) {
  test(`"${name}" stands at most ${most} times`, () => {
    const places = files
      .filter((file) => file !== 'test/tidy.test.ts')
      .flatMap((file) =>
        [...(textOf.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(pattern)].map(() => file),
      );
    expect(places.length > most ? places : []).toEqual([]);
  });
}

test('the lockfile names no registry, so that any will do', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved":');
});

// npm run bench wire: how fast each wire format is read, from bytes to columns, on one thread; made-up input.
// Units: MB/s of the bytes as a reader takes them (after gzip; Arrow with its LZ4); rows/s: samples, or ticks and lines where
// the format has one for each.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { madeUpArrowV2 } from './madeUpArrow.mjs';
import { ebpfProfile, heapProfile } from './madeUpProfiles.mjs';
import {
  bpftraceText,
  foldedText,
  jfrChunk,
  madeUpStacks,
  otlpJsonText,
  otlpRequest,
  perfText,
  speedscopeText,
} from './madeUpTexts.mjs';

const secondsEach = 2;
const arrowTicks = 200_000;
const jfrEvents = 20_000;
const limits = {
  samplesPerProfile: 1_000_000,
  stackDepth: 1_000,
  labelsPerSample: 100,
  bodyBytes: 256 * 2 ** 20,
};

export async function benchWire(root) {
  const outfile = join(root, 'build/bench/wireReaders.mjs');
  const entryPoints = [join(root, 'test/bench/wireReaders.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' });
  const cases = casesOf(await import(pathToFileURL(outfile).href));
  const machine = `${cpus()[0]?.model}, Node ${process.version}`;
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}, ${secondsEach} s each, one thread`);
  console.log('format                              KB      rows     MB/s      rows/s');
  for (const one of cases) console.log(measure(one));
}

function casesOf(wire) {
  const stacks = madeUpStacks(2_000);
  const head = { labels: [], timeNanos: 0n, durationNanos: 0n };
  const counts = { ...head, type: wire.textProfileType('cpu', 100) };
  const perfHead = { ...head, sampleRate: undefined, processLabels: [] };
  const upload = { sampleRate: 100, timeNanos: undefined, durationNanos: undefined, delayUnit: 'nanoseconds' };
  const request = otlpRequest(stacks);
  const text = (content) => Buffer.from(content);
  const list = [
    ['pprof, heap', heapProfile(7), (bytes) => asReading(wire.readPprof(bytes, limits))],
    ['pprof, eBPF', ebpfProfile(1), (bytes) => asReading(wire.readPprof(bytes, limits))],
    ['OTLP 1.10', wire.encodeRequest(request, '1.10'), (bytes) => wire.readOtlp(bytes, limits)],
    ['OTLP 1.7', wire.encodeRequest(request, '1.7'), (bytes) => wire.readOtlp(bytes, limits)],
    ['OTLP/JSON', text(otlpJsonText(request)), (bytes) => wire.readOtlpJson(bytes, limits)],
    [
      'Arrow v2, LZ4',
      madeUpArrowV2({ rows: arrowTicks, stacks: 5_000, functions: 3_000, processes: 100 }),
      (bytes) => wire.readArrowV2(bytes, limits),
      arrowTicks,
    ],
    [
      'JFR',
      wire.writeTestChunk(jfrChunk(stacks, jfrEvents)),
      (bytes) => wire.readJfr(bytes, undefined, upload, limits),
      jfrEvents,
    ],
    ['perf script', text(perfText(stacks)), (bytes) => wire.readPerfScript(bytes, perfHead, limits)],
    ['folded', text(foldedText(stacks)), (bytes) => wire.readFolded(bytes, counts, limits)],
    ['bpftrace', text(bpftraceText(stacks)), (bytes) => wire.readBpftrace(bytes, counts, limits)],
    [
      'speedscope',
      text(speedscopeText(stacks)),
      (bytes) => wire.readSpeedscope(bytes, { ...head, sampleRate: 100 }, limits),
    ],
  ];
  return list.map(([name, bytes, read, rows]) => ({ name, bytes, read, rows }));
}

const asReading = (profile) => ({ profiles: [{ profile }] });

function measure({ name, bytes, read, rows: given }) {
  const { profiles } = read(bytes);
  const rows = given ?? profiles.reduce((sum, { profile }) => sum + profile.sampleCount, 0);
  for (let i = 0; i < 3; i++) read(bytes);
  let times = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < secondsEach * 1_000) {
    read(bytes);
    times++;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return [
    name.padEnd(30),
    (bytes.length / 1e3).toFixed(0).padStart(7),
    String(rows).padStart(9),
    ((bytes.length * times) / seconds / 1e6).toFixed(1).padStart(8),
    ((rows * times) / seconds).toFixed(0).padStart(11),
  ].join(' ');
}

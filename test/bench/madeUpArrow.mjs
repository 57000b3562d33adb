// Uploads like those of the Parca agent, from a seed: the same bytes on every machine.
import {
  arrowStream,
  dictionary,
  fixedSizeBinary,
  int64,
  list,
  listView,
  runs,
  struct,
  texts,
  textViews,
  timestamps,
  uint64,
} from './arrowWriter.mjs';
import { seededRandom } from './madeUpProfiles.mjs';

export const startNanos = 1_795_305_600_000_000_000n;
export const periodNanos = 52_631_578n;

/** Column of a value for each row, in runs, as the agent's builders make it. */
export function inRuns(values, columnOf) {
  const ends = [];
  const different = [];
  values.forEach((value, row) => {
    if (row > 0 && value === values[row - 1]) ends[ends.length - 1] = row + 1;
    else {
      ends.push(row + 1);
      different.push(value);
    }
  });
  return runs(ends, columnOf(different));
}

export function dictionaryOf(values, columnOf = texts) {
  const places = new Map();
  const keys = values.map((value) => {
    if (value === null) return null;
    if (!places.has(value)) places.set(value, places.size);
    return places.get(value);
  });
  return dictionary(keys, columnOf([...places.keys()]));
}

const int64s = (values) => int64(BigInt64Array.from(values));
const uint64s = (values) => uint64(BigUint64Array.from(values));
const zeros = (count) => new BigUint64Array(count);

/**
 * rows ticks of `processes` processes in `stacks` different stacks; every fourth location has no symbol. Labels are those that
 * the agent adds by itself and a container's.
 */
export function madeUpArrowV2({
  seed = 1,
  rows = 1_000,
  stacks = 200,
  functions = 300,
  depth = 30,
  processes = 20,
  compress = 'lz4',
  change = (columns) => columns,
} = {}) {
  const random = seededRandom(seed);
  const pick = (count) => Math.floor(random() * count);
  const process = Array.from({ length: rows }, () => pick(processes));
  const columns = {
    labels: struct(rows, labelColumns(process, pick)),
    ...stackColumns(process, { stacks, functions, depth, processes }, pick),
    ...typeColumns(rows, texts),
    period: inRuns(Array(rows).fill(periodNanos), int64s),
    duration: inRuns(Array(rows).fill(1_000_000_000n), uint64s),
    timestamp: timestamps(timesOf(rows, pick)),
  };
  return arrowStream(change(columns), { rows, metadata: { parca_write_schema_version: 'v2' }, compress });
}

function labelColumns(process, pick) {
  const labels = {
    comm: process.map((one) => `comm-${one % 7}`),
    container: process.map((one) => `container-${one}`),
    cpu: process.map(() => String(pick(8))),
    endpoint: process.map((one) => (one === 0 ? '/checkout' : null)),
    namespace: process.map((one) => (one % 2 === 0 ? 'shop' : 'web')),
    node: process.map(() => 'node-a'),
    pod: process.map((one) => `pod-${one}`),
    thread_id: process.map((one) => String(4_000 + 16 * one + pick(16))),
    thread_name: process.map((one) => `worker-${one}-${pick(4)}`),
  };
  return Object.fromEntries(Object.entries(labels).map(([name, values]) => [name, inRuns(values, dictionaryOf)]));
}

const typeColumns = (rows, columnOf) =>
  Object.fromEntries(
    Object.entries({
      producer: 'parca_agent',
      sample_type: 'samples',
      sample_unit: 'count',
      period_type: 'cpu',
      period_unit: 'nanoseconds',
      temporality: 'delta',
    }).map(([name, value]) => [name, inRuns(Array(rows).fill(value), columnOf)]),
  );

function timesOf(rows, pick) {
  const step = 5_000_000_000n / BigInt(Math.max(rows, 1));
  return BigInt64Array.from({ length: rows }, (_, row) => startNanos + step * BigInt(row) + BigInt(pick(1_000)));
}

/** A stack belongs to one process. */
function stackColumns(process, { stacks, functions, depth, processes }, pick) {
  const rows = process.length;
  const keys = [];
  const starts = [];
  const sizes = [];
  for (let stack = 0; stack < stacks; stack++) {
    const size = 1 + pick(depth * 2 - 1);
    starts.push(keys.length);
    sizes.push(size);
    for (let i = 0; i < size; i++) keys.push(pick(functions));
  }
  const each = Math.max(1, Math.floor(stacks / processes));
  const stackOf = process.map((one) => (one * each + pick(each)) % stacks);
  const ids = new Uint8Array(rows * 16);
  stackOf.forEach((stack, row) => new DataView(ids.buffer).setUint32(row * 16, stack));
  return {
    stacktrace: listView(
      stackOf.map((stack) => starts[stack]),
      stackOf.map((stack) => sizes[stack]),
      dictionary(keys, locationStructs(functions)),
    ),
    stacktrace_id: fixedSizeBinary(16, ids),
    value: int64(new BigInt64Array(rows).fill(1n)),
  };
}

const hasLines = (location) => location % 4 !== 3;

function locationStructs(count) {
  const all = Array.from({ length: count }, (_, i) => i);
  const lineCount = all.filter(hasLines).length;
  const first = all.map((i) => i - Math.floor(i / 4));
  const functionStruct = struct(lineCount, {
    system_name: textViews(Array.from({ length: lineCount }, (_, i) => `github.com/example/pkg${i % 31}.Function${i}`)),
    filename: dictionaryOf(Array.from({ length: lineCount }, (_, i) => `/src/pkg${i % 31}/file.go`)),
    start_line: uint64(zeros(lineCount)),
  });
  return struct(count, {
    address: uint64s(all.map((i) => 0x400000n + 16n * BigInt(i))),
    frame_type: dictionaryOf(all.map((i) => (hasLines(i) ? 'go' : 'native'))),
    mapping_file: dictionaryOf(all.map((i) => (hasLines(i) ? null : `lib${i % 5}.so`))),
    mapping_build_id: dictionaryOf(all.map((i) => `b194${i % 5}`)),
    lines: listView(
      first.map((at, i) => (hasLines(i) ? at : 0)),
      all.map((i) => (hasLines(i) ? 1 : 0)),
      struct(lineCount, {
        line: uint64s(Array.from({ length: lineCount }, (_, i) => BigInt(10 + i))),
        column: uint64(zeros(lineCount)),
        function: dictionary(
          Array.from({ length: lineCount }, (_, i) => i),
          functionStruct,
        ),
      }),
      all.map(hasLines),
    ),
  });
}

const binary = (values) => texts(values, 4);
const binaryDictionary = (values) => dictionaryOf(values, binary);

/** A v1 sample record: rows = [stack id (text), pod, value][]. */
export function madeUpSamplesV1(rows, { period = periodNanos } = {}) {
  const repeated = (value, columnOf) =>
    inRuns(
      rows.map(() => value),
      columnOf,
    );
  const columns = {
    'labels.cpu': inRuns(
      rows.map((_, i) => String(i % 2)),
      binaryDictionary,
    ),
    'labels.pod': inRuns(
      rows.map(([, pod]) => pod),
      binaryDictionary,
    ),
    stacktrace_id: inRuns(
      rows.map(([id]) => id),
      binaryDictionary,
    ),
    value: int64s(rows.map(([, , value]) => BigInt(value))),
    ...typeColumns(rows.length, binaryDictionary),
    period: repeated(period, int64s),
    duration: repeated(1_000_000_000n, int64s),
    timestamp: inRuns(
      rows.map((_, i) => startNanos + BigInt(i)),
      int64s,
    ),
  };
  return arrowStream(columns, { rows: rows.length, metadata: { parca_write_schema_version: 'v1' } });
}

/** A v1 locations record: stacks = [id, [{ address, file, buildId, lines: [name, line][] | null }]][], leaf first. */
export function madeUpLocationsV1(stacks) {
  const frames = stacks.flatMap(([, stack]) => stack);
  const lines = frames.flatMap((frame) => frame.lines ?? []);
  const spans = (groups) => groups.reduce((offsets, group) => [...offsets, offsets.at(-1) + group.length], [0]);
  const runsOfZeros = inRuns(
    frames.map(() => 0n),
    uint64s,
  );
  const columns = {
    stacktrace_id: binary(stacks.map(([id]) => id)),
    locations: list(
      spans(stacks.map(([, stack]) => stack)),
      struct(frames.length, {
        address: uint64s(frames.map(({ address }) => address)),
        frame_type: inRuns(
          frames.map(() => 'native'),
          binaryDictionary,
        ),
        mapping_start: runsOfZeros,
        mapping_limit: runsOfZeros,
        mapping_offset: runsOfZeros,
        mapping_file: inRuns(
          frames.map(({ file }) => file),
          binaryDictionary,
        ),
        mapping_build_id: inRuns(
          frames.map(({ buildId }) => buildId),
          binaryDictionary,
        ),
        lines: list(
          spans(frames.map((frame) => frame.lines ?? [])),
          struct(lines.length, {
            line: int64s(lines.map(([, line]) => BigInt(line))),
            column: uint64(zeros(lines.length)),
            function_name: dictionaryOf(
              lines.map(([name]) => name),
              binary,
            ),
            function_system_name: dictionaryOf(
              lines.map(() => ''),
              binary,
            ),
            function_filename: inRuns(
              lines.map(([name]) => `${name}.c`),
              binaryDictionary,
            ),
            function_start_line: int64(new BigInt64Array(lines.length)),
          }),
          frames.map((frame) => frame.lines !== null),
        ),
      }),
    ),
  };
  return arrowStream(columns, { rows: stacks.length, metadata: { parca_write_schema_version: 'v1' } });
}

// The store that `npm run bench query` asks: a day of 100 pods every 15 seconds, from a seed, and sums of 29 days before it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { seededRandom } from './madeUpProfiles.mjs';

export const lastDay = 20_780; // 2026-11-23, UTC
export const dayMillis = 86_400_000;
export const hourMillis = 3_600_000;
export const endMillis = (lastDay + 1) * dayMillis;
export const pods = 100;
export const days = 30;
const services = 5;
const stacksPerService = 5_000;
const samplesPerProfile = 400;
const functionsPerService = 2_000;
const tenant = 'anonymous';
const profileType = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

/** The store of the source, bundled: the bench writes records without a server in front. */
export async function openStore(root, dataDir) {
  const outfile = join(root, 'build/bench/store.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['backend/store/clickhouse/openClickHouseStore.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['chdb', 'chdb/*'],
    logLevel: 'warning',
  });
  const { openClickHouseStore } = await import(pathToFileURL(outfile).href);
  let engine;
  const wrapEngine = (inner) => (engine = inner);
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const store = await openClickHouseStore({ dataDir, log, rollUpMillis: Infinity, wrapEngine });
  return { store, engine };
}

/** The last hour of the day, profile by profile. */
export async function writeHour(store) {
  const fleet = Array.from({ length: services }, (_, i) => madeUpService(i));
  const startMillis = endMillis - hourMillis;
  let dictionary = [dictionaryOf(fleet)];
  for (let at = 0; at < hourMillis; at += 5 * 60_000) {
    const records = [];
    for (let millis = at; millis < at + 5 * 60_000; millis += 15_000) {
      for (let pod = 0; pod < pods; pod++) records.push(recordOf(fleet[pod % services], pod, startMillis + millis));
    }
    await store.write({ tenant, records, dictionary });
    dictionary = [];
  }
}

/** 23 hours before it, shifted; each profile with an id of its own. */
export async function copyHours(engine) {
  const columns =
    'tenant, profile_type, series_id, duration_nanos, period, received_micros, stack_ids, values, span_ids, trace_ids';
  const nanosPerHour = 3_600_000_000_000n;
  for (let hours = 1; hours < 24; hours++) {
    await engine.inBackground(
      `INSERT INTO profiles (day, time_nanos, profile_id, ${columns}) SELECT day, time_nanos - ${nanosPerHour * BigInt(hours)}, ` +
        `generateUUIDv4(), ${columns} FROM profiles WHERE time_nanos >= ${BigInt(endMillis - hourMillis) * 1_000_000n}`,
      'max_threads = 2',
    );
  }
  await engine.inBackground(
    `INSERT INTO series_days (tenant, series_id, day, hours) SELECT tenant, series_id, day, toUInt32(16777215) FROM series_days`,
    'max_threads = 1',
  );
}

/** 29 days before it: sums, dictionaries and the catalog. Questions about whole days never read the samples behind them. */
export async function copyDays(engine) {
  const hoursBack = 'ago * 24';
  const microsBack = 'ago * 1000'; // builds stay apart and rows stay older than the originals
  const before = `CROSS JOIN (SELECT toInt32(number + 1) AS ago FROM numbers(${days - 1})) AS copies WHERE day = ${lastDay}`;
  const copy = (table, columns, changed) =>
    engine.inBackground(
      `INSERT INTO ${table} (day, ${[...columns, ...Object.keys(changed)].join(', ')}) SELECT day - ago, ` +
        `${[...columns, ...Object.values(changed)].join(', ')} FROM ${table} ${before}`,
      'max_threads = 2, max_partitions_per_insert_block = 100',
    );
  const sums = { hour: `hour - ${hoursBack}`, build: `toUInt64(build - ${microsBack})` };
  for (const table of ['hourly_sums', 'daily_sums'])
    await copy(table, ['tenant', 'profile_type', 'series_id', 'stack_ids', 'values'], sums);
  await copy('rollups', ['span_hours', 'written_micros'], {
    first_hour: `first_hour - ${hoursBack}`,
    build: sums.build,
  });
  await copy('series_days', ['tenant', 'series_id', 'hours'], {});
  await copy('stacks', ['tenant', 'id', 'location_ids'], {});
  await copy('functions', ['tenant', 'id', 'name', 'system_name', 'file', 'start_line'], {});
  const location =
    'tenant id file build_id address mapping_start mapping_limit mapping_offset function_ids lines columns';
  await copy('locations', location.split(' '), {});
}

/** Stacks share their roots, as real ones do. */
function madeUpService(service) {
  const random = seededRandom(1_000 + service);
  const pick = (count) => Math.floor(random() * count);
  const id = (kind, at) =>
    BigInt.asUintN(64, (BigInt(service * 16 + kind) << 32n) + BigInt(at + 1)) * 0x9e3779b97f4a7c15n;
  const unsigned = (kind, at) => BigInt.asUintN(64, id(kind, at));
  const functions = Array.from({ length: functionsPerService }, (_, at) => ({
    id: unsigned(1, at),
    name: `github.com/example/service${service}/pkg${at % 37}.(*Type${at % 11}).method${at}`,
  }));
  const locations = functions.map((fn, at) => ({ id: unsigned(2, at), functionId: fn.id }));
  let path = [];
  const stacks = Array.from({ length: stacksPerService }, (_, at) => {
    const wanted = 4 + pick(32);
    path = path.slice(0, pick(Math.min(path.length, wanted) + 1));
    while (path.length < wanted) path.push(pick(functionsPerService));
    return { id: unsigned(3, at), locations: path.toReversed().map((place) => locations[place].id) };
  });
  return { service, random, functions, locations, stacks };
}

function dictionaryOf(fleet) {
  const noMapping = { address: 0n, mappingStart: 0n, mappingLimit: 0n, mappingOffset: 0n };
  return {
    day: lastDay,
    stacks: fleet.flatMap(({ stacks }) =>
      stacks.map(({ id, locations }) => ({ id, locationIds: BigUint64Array.from(locations) })),
    ),
    locations: fleet.flatMap(({ locations }) =>
      locations.map(({ id, functionId }) => ({
        id,
        file: '/usr/bin/service',
        buildId: 'b1946ac92492d2347c6235b4d2611184',
        ...noMapping,
        functionIds: BigUint64Array.of(functionId),
        lines: Int32Array.of(1),
        columns: Int32Array.of(0),
      })),
    ),
    functions: fleet.flatMap(({ functions }) =>
      functions.map(({ id, name }) => ({ id, name, systemName: name, file: '/src/main.go', startLine: 1 })),
    ),
  };
}

/** Some stacks are in every profile, most in few. */
function recordOf({ service, random, stacks }, pod, millis) {
  const chosen = new Map();
  while (chosen.size < samplesPerProfile) {
    const stack = stacks[Math.floor(stacks.length * random() ** 2)];
    chosen.set(stack.id, BigInt(1 + Math.floor(9 * random())) * 10_000_000n);
  }
  const rows = [...chosen].sort(([a], [b]) => (a < b ? -1 : 1));
  const profileId = Uint8Array.from({ length: 16 }, () => Math.floor(256 * random()));
  const labels = Object.entries({
    __profile_type__: profileType,
    fleet: pod < 20 ? 'small' : 'rest',
    namespace: 'bench',
    pod: `shop-${service}-${pod}`,
    service_name: `shop-${service}`,
  }).map(([name, value]) => ({ name, value }));
  return {
    labels,
    profileType,
    timeNanos: BigInt(millis) * 1_000_000n,
    durationNanos: 15_000_000_000n,
    period: 10_000_000n,
    profileId,
    stackIds: BigUint64Array.from(rows, ([id]) => id),
    values: BigInt64Array.from(rows, ([, value]) => value),
    spanIds: new BigUint64Array(0),
    traceIds: new Uint8Array(0),
  };
}

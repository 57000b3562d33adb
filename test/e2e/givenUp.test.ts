/**
 * A client that goes away in the middle of a question frees the engine: the statement is seen in the engine's list of processes,
 * and seen to be gone a second later. The question is slow by its data: 13 million samples, each of a stack of its own.
 */
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { createLog } from '../../backend/log.ts';
import type { Engine } from '../../backend/store/clickhouse/engine.ts';
import { openClickHouseStore } from '../../backend/store/clickhouse/openClickHouseStore.ts';
import { SelectMergeStacktracesRequestSchema } from '../../backend/wire/pyroscope/gen/querier/v1/querier_pb.js';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { connectGrpc } from './grpcClient.ts';

const now = Date.now();
const question = {
  profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="slow"}',
  start: now - 3_600_000,
  end: now + 60_000,
};

let server: TestServer;
let engine: Engine;
const dataDir = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));

beforeAll(async () => {
  const store = await openClickHouseStore({
    dataDir,
    limits: { questionBytes: 512 * 2 ** 20, questionMillis: 60_000 },
    log: createLog(() => undefined),
    wrapEngine: (inner) => (engine = inner),
  });
  server = await startTestServer({ store });
  const profile = foldedPprof({ folded: ['main;work 5'], timeNanos: BigInt(now) * 1_000_000n });
  const labels = { __name__: 'process_cpu', service_name: 'slow' };
  expect((await call(server.url, 'push.v1.PusherService/Push', pushMessage(labels, profile))).status).toBe(200);
  const copied = 'day, tenant, profile_type, series_id, duration_nanos, period, received_micros, span_ids, trace_ids';
  await engine.run(
    `INSERT INTO profiles (${copied}, time_nanos, profile_id, stack_ids, values)` +
      ` SELECT ${copied}, time_nanos - number, profile_id, range(toUInt64(number * 16000), toUInt64((number + 1) * 16000)),` +
      ` arrayResize(values, 16000, 1) FROM profiles CROSS JOIN numbers(800) AS many` +
      ` SETTINGS max_block_size = 64, min_insert_block_size_rows = 256`,
  );
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const path = 'querier.v1.QuerierService/SelectMergeStacktraces';

/** Begins to ask; what it returns gives up. */
const askers: Readonly<Record<string, () => () => void>> = {
  'a fetch that is aborted': () => {
    const gone = new AbortController();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(question);
    fetch(`${server.url}/${path}`, { method: 'POST', headers, body, signal: gone.signal }).catch(() => undefined);
    return () => gone.abort();
  },
  'a connection that is cut': () => {
    const asked = request(`${server.url}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    asked.on('error', () => undefined);
    asked.end(JSON.stringify(question));
    return () => asked.destroy();
  },
  'a gRPC call that is cancelled': () => {
    const client = connectGrpc(server.port);
    const begun = client.begin(
      `/${path}`,
      toBinary(
        SelectMergeStacktracesRequestSchema,
        create(SelectMergeStacktracesRequestSchema, {
          ...question,
          start: BigInt(question.start),
          end: BigInt(question.end),
        }),
      ),
    );
    begun.answer.catch(() => undefined).finally(() => client.close());
    return () => begun.cancel();
  },
};

/** Statements that read samples and run this very moment. */
async function running(): Promise<number> {
  const sql = `SELECT query AS a FROM system.processes WHERE query LIKE '%ARRAY JOIN stack_ids%' AND query NOT LIKE '%system.%'`;
  return (await engine.ask({ sql: () => sql })).rowCount;
}

/** Milliseconds until so many run. */
async function waitFor(count: number): Promise<number> {
  const from = performance.now();
  while ((await running()) !== count) await pause(20);
  return performance.now() - from;
}

test('a question with an asker goes on', async () => {
  const giveUp = askers['a fetch that is aborted']?.();
  await waitFor(1);
  await pause(1_500);
  expect(await running()).toBe(1);
  giveUp?.();
  await waitFor(0);
}, 30_000);

for (const [name, begin] of Object.entries(askers)) {
  test(`${name} frees the engine within a second`, async () => {
    const giveUp = begin();
    await waitFor(1);
    await pause(200);
    expect(await running()).toBe(1);
    giveUp();
    expect(await waitFor(0)).toBeLessThan(1_000);
    expect((await call(server.url, 'querier.v1.QuerierService/LabelNames', question)).status).toBe(200);
  }, 30_000);
}

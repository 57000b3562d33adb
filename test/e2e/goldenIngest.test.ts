/** Recorded input of every kind through its route: totals in are totals out, and damaged input is the sender's mistake. */
import { damagedCopies } from '../damaged.ts';
import { findGolden } from '../golden.ts';
import { startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { ExpectedParca } from '../parcaSummary.ts';
import { everything, totals } from './asked.ts';
import { goldenInputs, totalsOf } from './goldenInputs.ts';
import type { GoldenInput } from './goldenInputs.ts';
import type { GrpcClient } from './grpcClient.ts';
import { connectGrpc, field } from './grpcClient.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const golden = findGolden();
const inputs = golden === undefined ? [] : goldenInputs(golden);
process.stdout.write(`golden inputs of other formats than pprof: ${inputs.length}\n`);
const limits = { rejectOlderThanMillis: Infinity, rejectNewerThanMillis: Infinity };
const oneInFifty = 50;

let server: TestServer;
let client: GrpcClient;
beforeEach(async () => {
  server = await startTestServer({ limits });
  client = connectGrpc(server.port);
});
afterEach(async () => {
  client.close();
  await server.close();
});

/** The status, 200 for a call that went well, 400 for one that is the sender's mistake. */
async function send({ path, contentType, isGrpc }: GoldenInput, bytes: Uint8Array): Promise<number> {
  if (isGrpc === true) {
    const invalidArgument = 3;
    return client.unary(path, bytes).then(
      () => 200,
      (error: unknown) => ((error as { code?: number }).code === invalidArgument ? 400 : 500),
    );
  }
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    body: new Uint8Array(bytes),
  });
  await response.arrayBuffer();
  return response.status;
}

test('the recordings are found or nothing is claimed', () =>
  expect(inputs.length === 0 || inputs.length > 30).toBe(true));

for (const input of inputs) {
  test(`${input.name}: totals in are totals out`, async () => {
    expect(await send(input, input.bytes)).toBe(200);
    expect(await totals(server.url, '{}', everything)).toEqual(totalsOf(input.read(input.bytes)));
  });
}

const expected: Readonly<Record<string, Readonly<Record<string, bigint>>>> = {
  'otlp/otel-ebpf-profile.pb.bin': {
    'process_cpu:cpu:nanoseconds:cpu:nanoseconds': 500_000_000n,
    // Of the processes without a name of their own; the others have 16,576,829,426.
    'off_cpu:off_cpu:nanoseconds::': 250_725_419_905n,
  },
  'folded/simple.txt': { 'process_cpu:cpu:nanoseconds:cpu:nanoseconds': 140_000_000n },
  'speedscope/two-sampled-bytes.speedscope.json': { 'memory:samples:bytes::': 28n },
};
for (const [name, sums] of Object.entries(expected)) {
  const input = inputs.find((one) => one.name === name);
  (input === undefined ? test.skip : test)(`${name}: the totals that its description tells`, async () => {
    if (input === undefined) return;
    await send(input, input.bytes);
    const selector = name.startsWith('otlp/') ? '{service_name="unknown_service"}' : '{}';
    expect(await totals(server.url, selector, everything)).toMatchObject(sums);
  });
}

(golden === undefined ? test.skip : test)('Write of v1 in two phases gives the totals of its description', async () => {
  const dir = join(golden ?? '', 'parca-arrow');
  const write = client.bidi('/parca.profilestore.v1alpha1.ProfileStoreService/Write');
  write.send(field(1, readFileSync(join(dir, 'v1-samples.arrows'))));
  await write.next();
  write.send(field(1, readFileSync(join(dir, 'v1-locations.arrows'))));
  expect(await write.next()).toBeUndefined();
  const sums: Record<string, bigint> = {};
  for (const types of Object.values(new ExpectedParca(dir).summary('v1-samples.arrows').byLabelSet))
    for (const [type, total] of Object.entries(types)) sums[type] = (sums[type] ?? 0n) + total;
  expect(await totals(server.url, '{}', everything)).toEqual(sums);
});

for (const input of inputs) {
  test(`${input.name}: one in fifty damaged copies over HTTP is kept or refused as the sender's mistake`, async () => {
    let at = 0;
    for (const { what, bytes } of damagedCopies(input.bytes)) {
      if (at++ % oneInFifty !== 0) continue;
      const status = await send(input, bytes);
      expect([200, 400, 422].includes(status) ? '' : `${what}: ${status}`).toBe('');
    }
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  });
}

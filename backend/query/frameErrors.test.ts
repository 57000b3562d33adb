/** Estimates are held against the exact answers of made-up fleets: the bound that is told must hold for 95 of 100 frames. */
import { defaultLimits } from '../limits.ts';
import type { CallTree } from '../model/callTree.ts';
import { dayOfNanos, nanosOfMillis, unixNanos } from '../model/time.ts';
import type { MadeUpRecord } from '../store/madeUpRows.ts';
import { dictionaryOf, functionRow, locationRow, madeUpRecord, noon, seriesOf, stackRow } from '../store/madeUpRows.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import type { SampleScope, Store } from '../store/store.ts';
import { frameBounds } from './frameBounds.ts';
import { functionSums } from './functionSums.ts';
import { estimateOf, sumWithinBudget } from './sampledSums.ts';
import { StackMemory } from './stackMemory.ts';
import { treeOfSums } from './treeOfSums.ts';
import { functionBounds } from './topFunctions.ts';
import { truncateTree } from './truncateTree.ts';

const stackCount = 120;
const functionCount = 60;
const podCount = 6;
const tenant = 't';

/** mulberry32, from a seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Profiles of six pods every 30 seconds. Few stacks are in every profile and most in hardly any, some only in some pods; some
 * profiles weigh ten times as much as others, and load rises with time.
 */
function madeUpFleet(seed: number, profileCount: number): readonly MadeUpRecord[] {
  const random = seededRandom(seed);
  return Array.from({ length: profileCount }, (_, i) => {
    const pod = i % podCount;
    const weight = 10 ** random() * (1 + i / profileCount);
    const values = new Map<bigint, bigint>();
    const samples = 10 + Math.floor(20 * random());
    for (let i = 0; i < samples; i++) {
      const rank = Math.min(stackCount, Math.ceil(stackCount ** random()));
      const stack = BigInt(rank > 5 && rank < 40 ? ((rank + 7 * pod) % stackCount) + 1 : rank);
      values.set(stack, (values.get(stack) ?? 0n) + BigInt(Math.ceil(weight * (1 + 9 * random()) * 1_000)));
    }
    return {
      pod: `${pod}`,
      time: noon + BigInt(Math.floor(i / podCount)) * 30_000_000_000n,
      samples: [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([stack, value]) => ({ stack, value })),
    };
  });
}

async function storeOf(seed: number, profileCount: number): Promise<Store> {
  const store = openMemoryStore();
  const random = seededRandom(seed + 1);
  const ids = Array.from({ length: functionCount }, (_, i) => BigInt(i + 1));
  const anyFrame = (): bigint => ids[Math.floor(random() * functionCount)] ?? 1n;
  await store.write({
    tenant,
    records: madeUpFleet(seed, profileCount).map(madeUpRecord),
    dictionary: [
      dictionaryOf(noon, {
        stacks: Array.from({ length: stackCount }, (_, i) =>
          stackRow(BigInt(i + 1), anyFrame(), anyFrame(), ids[i % functionCount] ?? 1n, 1n),
        ),
        locations: ids.map((id) => locationRow(id, [id])),
        functions: ids.map((id) => functionRow(id, `f${id}`)),
      }),
    ],
  });
  return store;
}

const scopeOf = (store: Store): SampleScope => ({
  tenant,
  seriesIds: seriesOf(store, tenant),
  range: { start: noon, end: unixNanos(noon + 3_600_000_000_000n) },
});

test('the bound holds for 95 of 100 frames over 200 trials, and the largest bound for nearly every frame', async () => {
  let [frames, held, heldByLargest, relative] = [0, 0, 0, 0];
  let [nodes, nodesHeld, nodesRelative] = [0, 0, 0];
  for (let trial = 0; trial < 200; trial++) {
    const store = await storeOf(trial * 7_919, 360);
    const scope = scopeOf(store);
    const context = { store, limits: defaultLimits };
    const memory = new StackMemory(2 ** 26);
    const [exact, sampled] = await Promise.all([
      sumWithinBudget(context, scope, 1),
      sumWithinBudget(context, scope, [0.1, 0.25, 0.5][trial % 3]),
    ]);
    const recall = (ids: BigUint64Array) => memory.recall(store, tenant, scope.range, ids);
    const truth = functionSums(treeOfSums(await recall(exact.stackIds), exact.values));
    const whole = Number(exact.values.reduce((sum, value) => sum + value, 0n));
    const stacks = await recall(sampled.stackIds);
    const { errorBound } = estimateOf(stacks, sampled.sample);
    for (const [name, { total, totalBound }] of functionBounds(stacks, sampled)) {
      const error = Math.abs(total - Number(truth.get(name)?.total ?? 0n) / whole);
      frames++;
      if (error <= totalBound) held++;
      if (error <= errorBound) heldByLargest++;
      relative += totalBound / total;
    }
    const answer = truncateTree(treeOfSums(stacks, sampled.values), 40);
    const exactTotals = totalsAs(answer, treeOfSums(await recall(exact.stackIds), exact.values));
    const bounds = sampled.sample && frameBounds(answer, sampled.sample, (values) => treeOfSums(stacks, values));
    for (let node = 1; node < answer.count; node++) {
      const share = Number(answer.total[node]) / Number(answer.total[0]);
      nodes++;
      if (Math.abs(share - (exactTotals[node] ?? 0) / whole) <= (bounds?.[node] ?? 0)) nodesHeld++;
      nodesRelative += (bounds?.[node] ?? 0) / share;
    }
  }
  expect(frames).toBeGreaterThan(5_000);
  expect(held / frames).toBeGreaterThanOrEqual(0.95);
  expect(heldByLargest / frames).toBeGreaterThanOrEqual(0.99);
  // A bound that says nothing would hold as well.
  expect(relative / frames).toBeLessThan(1);
  expect(nodes).toBeGreaterThan(5_000);
  expect(nodesHeld / nodes).toBeGreaterThanOrEqual(0.95);
  expect(nodesRelative / nodes).toBeLessThan(1.2);
});

/** What the nodes of a cut tree have in another tree, by their paths; "other" is what is left of its parent. */
function totalsAs(answer: CallTree, exact: CallTree): readonly number[] {
  const pathsOf = ({ count, parent, name, names }: CallTree): readonly string[] => {
    const paths = [''];
    for (let node = 1; node < count; node++)
      paths.push(`${paths[parent[node] ?? 0] ?? ''};${names[name[node] ?? 0] ?? ''}`);
    return paths;
  };
  const at = new Map(pathsOf(exact).map((path, node) => [path, node]));
  const paths = pathsOf(answer);
  const totals = paths.map((path) => Number(exact.total[at.get(path) ?? -1] ?? 0n));
  return totals.map((total, node) => {
    if (!(paths[node] ?? '').endsWith(';other')) return total;
    const parent = answer.parent[node] ?? 0;
    const kept = totals.filter((_, one) => one !== node && one > 0 && answer.parent[one] === parent);
    const own = Number(exact.self[at.get(paths[parent] ?? '') ?? -1] ?? 0n);
    return (totals[parent] ?? 0) - own - kept.reduce((sum, value) => sum + value, 0);
  });
}

test('the same question samples the same profiles, and all of them are no estimate', async () => {
  const store = await storeOf(1, 300);
  const scope = scopeOf(store);
  const ask = (share: number) => sumWithinBudget({ store, limits: defaultLimits }, scope, share);
  const [one, two, all, exact] = [await ask(0.2), await ask(0.2), await ask(1), await store.sumStacks(scope)];
  expect([...one.stackIds].map((id, i) => [id, one.values[i]])).toEqual(
    [...two.stackIds].map((id, i) => [id, two.values[i]]),
  );
  expect(all.sample).toBeUndefined();
  expect(all.values.reduce((sum, value) => sum + value, 0n)).toBe(exact.values.reduce((sum, value) => sum + value, 0n));
});

test('a question that is too large is told from as many profiles as the budget allows', async () => {
  const store = await storeOf(2, 300);
  const range = { start: noon, end: nanosOfMillis(Number(noon / 1_000_000n) + 100 * 3_600_000) };
  const scope = { ...scopeOf(store), range };
  const cost = await store.readingCost(scope);
  const ask = async (exactSamples: number, more: Partial<SampleScope> = {}) => {
    const context = { store, limits: { ...defaultLimits, exactSamples } };
    return (await sumWithinBudget(context, { ...scope, ...more })).sample?.share;
  };
  expect(await ask(cost)).toBeUndefined();
  expect(await ask(cost / 4)).toBeCloseTo(1 / 16, 6);
  expect(await ask(1, { profileIds: [new Uint8Array(16)] })).toBeUndefined();
  expect(await ask(1, { range: scopeOf(store).range })).toBeUndefined();
  expect(dayOfNanos(range.end)).toBeGreaterThan(dayOfNanos(noon));
});

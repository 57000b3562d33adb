// Bytes that are written without a message against those of the message, and bars against the tree they show.
import fc from 'fast-check';
import { create, fromBinary, fromJsonString, toBinary, toJson } from '@bufbuild/protobuf';
import { treeOfFolded } from '../../model/foldedTree.ts';
import { pairTrees } from '../../query/pairTrees.ts';
import { slowText, slowTree } from '../../query/slowTree.ts';
import type { SlowValues } from '../../query/slowTree.ts';
import { madeUpProfile } from '../pprof/madeUpProfile.ts';
import { writePprof } from '../pprof/writePprof.ts';
import { writeDiffMessage, writeFlameGraphMessage } from './answers.ts';
import { ProfileSchema } from './gen/google/v1/profile_pb.js';
import { DiffResponseSchema, SelectMergeStacktracesResponseSchema } from './gen/querier/v1/querier_pb.js';
import { pprofJson } from './pprofJson.ts';
import { wrapMessages } from './wrapMessages.ts';
import { barsOfTree, writeFlameGraph, writeFlameGraphJson, writeFlameGraphProto } from './writeFlameGraph.ts';
import { barsOfPair, writeFlameGraphDiff } from './writeFlameGraphDiff.ts';
import { writeTree } from './writeTree.ts';

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'other', 'total', 'ü"\\\n', '\u{1f600}'),
  fc.string({ unit: 'grapheme' }),
);
const frame = name.map((text) => text.replaceAll(/[; ]/g, '_') || '_');
const value = fc.oneof(fc.bigInt({ min: 1n, max: 99n }), fc.bigInt({ min: 1n, max: 2n ** 56n }));
const folded = fc
  .array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), value), { maxLength: 30 })
  .map((stacks) => stacks.map(([path, self]) => `${path.join(';')} ${self}`));

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('a flame graph in bytes is the one of the message, as JSON and as protobuf', () => {
  fc.assert(
    fc.property(folded, (lines) => {
      const tree = treeOfFolded(lines);
      const message = create(SelectMergeStacktracesResponseSchema, { flamegraph: writeFlameGraphMessage(tree) });
      const json: unknown = JSON.parse(textOf(writeFlameGraphJson(barsOfTree(tree))));
      expect(json).toEqual(toJson(SelectMergeStacktracesResponseSchema, message));
      const bytes = writeFlameGraphProto(barsOfTree(tree));
      expect(Buffer.from(bytes)).toEqual(Buffer.from(toBinary(SelectMergeStacktracesResponseSchema, message)));
    }),
  );
});

test('a diff in bytes is the one of the message', () => {
  fc.assert(
    fc.property(folded, folded, (left, right) => {
      const pair = pairTrees(treeOfFolded(left), treeOfFolded(right));
      const message = create(DiffResponseSchema, { flamegraph: writeDiffMessage(pair) });
      const json: unknown = JSON.parse(textOf(writeFlameGraphJson(barsOfPair(pair))));
      expect(json).toEqual(toJson(DiffResponseSchema, message));
      const bytes = writeFlameGraphProto(barsOfPair(pair));
      expect(Buffer.from(bytes)).toEqual(Buffer.from(toBinary(DiffResponseSchema, message)));
    }),
  );
});

test('pprof as JSON is what the message says, whatever the numbers', () => {
  fc.assert(
    fc.property(madeUpProfile, (profile) => {
      const bytes = writePprof(profile);
      const message = fromBinary(ProfileSchema, bytes);
      expect(toJson(ProfileSchema, fromJsonString(ProfileSchema, textOf(pprofJson(bytes))))).toEqual(
        toJson(ProfileSchema, message),
      );
      const wrapped = fromBinary(SelectMergeStacktracesResponseSchema, wrapMessages(bytes, [1, 5]));
      expect(toBinary(ProfileSchema, wrapped.pprof?.profile ?? message)).toEqual(toBinary(ProfileSchema, message));
    }),
  );
});

interface Bar {
  readonly path: string;
  readonly sides: readonly { readonly from: bigint; readonly to: bigint; readonly self: bigint }[];
}

/** Each bar below the first bar of the level above that holds it on every side. */
function readBars(names: readonly string[], levels: readonly (readonly bigint[])[], sideCount: number): Bar[] {
  const width = 3 * sideCount + 1;
  const bars: Bar[] = [];
  let above: readonly Bar[] = [];
  levels.forEach((values, depth) => {
    const edges = Array.from({ length: sideCount }, () => 0n);
    const level: Bar[] = [];
    for (let at = 0; at < values.length; at += width) {
      const sides = edges.map((edge, side) => {
        const [offset = 0n, total = 0n, self = 0n] = values.slice(at + 3 * side, at + 3 * side + 3);
        edges[side] = edge + offset + total;
        return { from: edge + offset, to: edge + offset + total, self };
      });
      const holds = (bar: Bar): boolean =>
        bar.sides.every(({ from, to }, i) => from <= (sides[i]?.from ?? 0n) && (sides[i]?.to ?? 0n) <= to);
      // A bar that is empty on one side may touch two; on the other it lies in one alone.
      const parent = above.find(holds);
      if (depth > 0) expect(parent).toBeDefined();
      const own = names[Number(values[at + width - 1])] ?? '';
      const path = depth === 0 ? '' : parent === undefined || parent.path === '' ? own : `${parent.path};${own}`;
      level.push({ path, sides });
    }
    bars.push(...level);
    above = level;
  });
  return bars;
}

function sidesAsText(bars: readonly Bar[], side: number): readonly string[] {
  const sums = new Map<string, SlowValues>();
  for (const { path, sides } of bars) {
    const { from, to, self } = sides[side] ?? { from: 0n, to: 0n, self: 0n };
    const there = sums.get(path) ?? { self: 0n, total: 0n };
    sums.set(path, { self: there.self + self, total: there.total + to - from });
  }
  return slowText(new Map([...sums].filter(([, { total }]) => total > 0n)));
}

test('the bars of a flame graph are the nodes of the tree, each inside its parent', () => {
  fc.assert(
    fc.property(folded, (lines) => {
      const { names, levels, total, maxSelf } = writeFlameGraph(treeOfFolded(lines));
      const expected = slowTree(lines);
      const bars = readBars(names, levels, 1);
      expect(sidesAsText(bars, 0)).toEqual(slowText(expected));
      expect(total).toBe(expected.get('')?.total);
      expect(maxSelf).toBe([...expected.values()].reduce((most, { self }) => (self > most ? self : most), 0n));
    }),
  );
});

test('the bars of a diff are the nodes of both trees', () => {
  fc.assert(
    fc.property(folded, folded, (left, right) => {
      const { names, levels } = writeFlameGraphDiff(pairTrees(treeOfFolded(left), treeOfFolded(right)));
      const bars = readBars(names, levels, 2);
      expect(sidesAsText(bars, 0)).toEqual(slowText(slowTree(left)));
      expect(sidesAsText(bars, 1)).toEqual(slowText(slowTree(right)));
    }),
  );
});

test('tree bytes hold the nodes of the tree', () => {
  fc.assert(
    fc.property(folded, (lines) => {
      expect(readTree(writeTree(treeOfFolded(lines)))).toEqual(slowText(slowTree(lines)));
    }),
  );
});

/** As text; children are read one after the other, however they stand. */
function readTree(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes);
  const nodes = new Map<string, SlowValues>();
  let at = 0;
  const number = (): bigint => {
    let read = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(buffer[at++] ?? 0);
      read |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return read;
    }
  };
  const node = (above: string | undefined): bigint => {
    const length = Number(number());
    const text = buffer.toString('utf8', at, at + length);
    at += length;
    const path = above === undefined || above === '' ? text : `${above};${text}`;
    const self = number();
    let total = self;
    for (let children = number(); children > 0n; children--) total += node(path);
    const there = nodes.get(path) ?? { self: 0n, total: 0n };
    nodes.set(path, { self: there.self + self, total: there.total + total });
    return total;
  };
  if (bytes.length > 0) node(undefined);
  return slowText(nodes);
}

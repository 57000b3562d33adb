/** Random call trees for tests: few names, so that recursion and equal names in many places are common. */
import fc from 'fast-check';
import type { FlameGraphData } from './flameGraphData.ts';
import { readFoldedStacks } from './foldedStacks.ts';

const stack = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 8 });
const value = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 50, max: 900 }));

export const randomStacks: fc.Arbitrary<FlameGraphData> = fc
  .array(fc.tuple(stack, value), { minLength: 1, maxLength: 60 })
  .map((lines) => readFoldedStacks(lines.map(([names, number]) => `${names.join(';')} ${number}`).join('\n')));

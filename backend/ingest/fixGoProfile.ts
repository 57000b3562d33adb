/**
 * What is done to profiles of Go programs before anything else: names without type parameters, and stacks that the Go
 * runtime cut short repaired. Other profiles come back as they are.
 *
 * Shape:  a profile is of Go if its label pyroscope_spy is gospy, or, without that label, if a function's file ends in ".go" or
 *         a function is Go's own start of a stack.
 * Source: reference pyroscope-api 3.7, 6.
 */
import type { Label } from '../model/labels.ts';
import { labelValue } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import type { FunctionColumns, StackTable, StringTable } from '../model/stackTable.ts';
import { textAt } from '../model/stackTable.ts';
import { dropTypeParameters } from './goTypeParameters.ts';
import { repairGoStacks } from './repairGoStacks.ts';

type Tables = Pick<StackTable, 'strings' | 'functions' | 'locations'>;

export type GoFix = (profile: Profile, labels: readonly Label[]) => Profile;

export function createGoFix(hashKey: Uint8Array): GoFix {
  /** Profiles of one request may share tables, and then share what was found out about them. */
  const isGoTable = new WeakMap<FunctionColumns, boolean>();
  const fixedTables = new WeakMap<FunctionColumns, Tables>();
  return (profile, labels) => {
    const { stacks } = profile;
    const spy = labelValue(labels, 'pyroscope_spy');
    if (spy !== undefined && spy !== 'gospy') return profile;
    if (spy === undefined && !remember(isGoTable, stacks.functions, () => isGo(stacks))) return profile;
    const tables = remember(fixedTables, stacks.functions, () => fixTables(stacks));
    const fixed = repairGoStacks({ ...stacks, ...tables }, hashKey);
    return { ...profile, stacks: fixed };
  };
}

/** Other locations if the functions are other ones: ids are kept by the table of locations. */
function fixTables({ strings, functions, locations }: Tables): Tables {
  const names = dropTypeParameters({ strings, functions });
  return { ...names, locations: names.functions === functions ? locations : { ...locations } };
}

const goStarts = new Set(['runtime.goexit', 'runtime.main', 'runtime.mcall', 'runtime.mstart', 'runtime.rt0_go']);

function isGo({ strings, functions }: Tables): boolean {
  for (let fn = 0; fn < functions.count; fn++) {
    if (endsInGo(strings, functions.file[fn] ?? 0)) return true;
    const name = functions.name[fn] ?? 0;
    const length = (strings.ends[name] ?? 0) - (strings.starts[name] ?? 0);
    if (length >= 12 && length <= 14 && goStarts.has(textAt(strings, name))) return true;
  }
  return false;
}

function endsInGo({ bytes, starts, ends }: StringTable, string: number): boolean {
  const end = ends[string] ?? 0;
  if (end - (starts[string] ?? 0) < 3) return false;
  return bytes[end - 3] === 0x2e && bytes[end - 2] === 0x67 && bytes[end - 1] === 0x6f;
}

function remember<K extends object, V>(known: WeakMap<K, V>, key: K, find: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

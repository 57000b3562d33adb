/**
 * All that is worked out from one set of data, each part when it is first needed and anew when what it depends on changes:
 * the graph without what is hidden, its layout, colours, sums by function, callers and callees.
 */
import type { Colouring } from './colourModes.ts';
import { colourModeOf, colouringOf } from './colourModes.ts';
import type { FlameGraphData } from './flameGraphData.ts';
import { isDiff } from './flameGraphData.ts';
import { barOfPath, nameOf } from './focusPath.ts';
import type { FunctionTable } from './functionTable.ts';
import { sumFunctions } from './functionTable.ts';
import type { FlameGraphState } from './mountFlameGraph.types.ts';
import { namedShare, shareOfNames } from './provenance.ts';
import { reshapeTree } from './reshapeTree.ts';
import type { FrameTypes } from './runtimeOf.ts';
import { toldRuntime } from './runtimeOf.ts';
import { sandwichOf } from './sandwich.ts';
import type { SearchMatches } from './searchBars.ts';
import { searchBars } from './searchBars.ts';
import type { TreeLayout } from './treeLayout.ts';
import { layoutTree } from './treeLayout.ts';

export interface SandwichLayouts {
  readonly callers: TreeLayout;
  readonly callees: TreeLayout;
}

export class ShownGraph {
  readonly data: FlameGraphData;
  /** What agents said of who runs the functions; empty until somebody asked. */
  types: FrameTypes;
  private readonly layouts = new Latest<TreeLayout>();
  private readonly tables = new Latest<FunctionTable>();
  private readonly sandwiches = new Latest<SandwichLayouts | undefined>();
  private readonly named = new Latest<number>();
  private readonly told = new Latest<number>();
  // Kept by layout: a graph, its callers and its callees are coloured and searched at the same time.
  private colourings = new WeakMap<FlameGraphData, Latest<Colouring>>();
  private searches = new WeakMap<TreeLayout, Latest<SearchMatches | undefined>>();

  constructor(data: FlameGraphData, types: FrameTypes = new Map()) {
    this.data = data;
    this.types = types;
  }

  layout({ hide = [], collapseRecursion = false }: FlameGraphState): TreeLayout {
    const inputs = [JSON.stringify(hide), collapseRecursion];
    return this.layouts.get(inputs, () => layoutTree(reshapeTree(this.data, { hide, collapseRecursion })));
  }

  table(state: FlameGraphState): FunctionTable {
    const layout = this.layout(state);
    return this.tables.get([layout], () => sumFunctions(layout));
  }

  /** What was asked for, or the focused function, or the one that costs most itself; undefined: there is no function. */
  sandwichName(state: FlameGraphState): number | undefined {
    const { names } = this.data;
    const layout = this.layout(state);
    const asked = state.sandwich === undefined ? -1 : names.indexOf(state.sandwich);
    if (asked >= 0) return asked;
    const focus = barOfPath(layout, state.focus);
    if (focus > 0) return layout.data.name[focus];
    const table = this.table(state);
    const weight = (name: number): number => (table.self[name] ?? 0) + (table.right?.self[name] ?? 0);
    return table.rows.reduce<number | undefined>(
      (best, name) => (best === undefined || weight(name) > weight(best) ? name : best),
      undefined,
    );
  }

  sandwich(state: FlameGraphState): SandwichLayouts | undefined {
    const layout = this.layout(state);
    const name = this.sandwichName(state);
    return this.sandwiches.get([layout, name], () => {
      const found = name === undefined ? undefined : sandwichOf(layout, name);
      return found && { callers: layoutTree(found.callers), callees: layoutTree(found.callees) };
    });
  }

  colouring({ data }: TreeLayout, { colour }: FlameGraphState): Colouring {
    const mode = colourModeOf(colour, isDiff(data));
    return latestOf(this.colourings, data).get([mode, this.types], () => colouringOf(data, mode, this.types));
  }

  matches(layout: TreeLayout, { search }: FlameGraphState): SearchMatches | undefined {
    return latestOf(this.searches, layout).get([search], () => searchBars(layout, search));
  }

  /** From 0 to 1: how much of the value ends in functions of which an agent said what runs them. */
  toldShare(): number {
    const { data, types } = this;
    return this.told.get([types], () => shareOfNames(data, (name) => toldRuntime(types, name) !== undefined));
  }

  namedShare(): number {
    return this.named.get([], () => namedShare(this.data));
  }
}

/** The latest answer, kept for as long as its inputs are the same. */
class Latest<Value> {
  private kept: { readonly inputs: readonly unknown[]; readonly value: Value } | undefined;

  get(inputs: readonly unknown[], make: () => Value): Value {
    const isSame = this.kept?.inputs.every((input, i) => input === inputs[i]) ?? false;
    if (this.kept === undefined || !isSame) this.kept = { inputs, value: make() };
    return this.kept.value;
  }
}

function latestOf<Key extends object, Value>(all: WeakMap<Key, Latest<Value>>, key: Key): Latest<Value> {
  const found = all.get(key) ?? new Latest<Value>();
  all.set(key, found);
  return found;
}

/** Stacks are told from the root's side, also where the graph begins at the function. */
export function stackOf(layout: TreeLayout, bar: number, isInverted: boolean): readonly string[] {
  // The root of callers and callees is a function, that of a whole graph is none.
  const first = layout.data.whole === undefined ? 1 : 0;
  const bars: number[] = [];
  for (let above = bar; above >= 0; above = layout.parent[above] ?? -1) bars.push(above);
  const names = bars.filter((each) => each >= first).map((each) => nameOf(layout, each));
  return isInverted ? names : names.reverse();
}

/** What can be saved of what is shown: pictures where there are some, and the stacks. */
import type { DrawingParts } from './drawingParts.ts';
import type { ExportFile, ExportKind } from './export/exportGraph.ts';
import { exportGraph, exportKinds } from './export/exportGraph.ts';
import { barOfPath } from './focusPath.ts';
import type { FlameGraphState } from './mountFlameGraph.types.ts';
import type { MenuItem } from './popupMenu.ts';
import { outermostBars } from './sandwich.ts';
import type { ShownGraph } from './shownGraph.ts';

export interface Exporting {
  readonly shown: ShownGraph;
  readonly state: FlameGraphState;
  readonly parts: Pick<DrawingParts, 'callers' | 'main'>;
  readonly onExport: (file: ExportFile) => void;
  /** Why there is no file; empty: there is one. */
  readonly onNote: (text: string) => void;
}

export function exportItems(exporting: Exporting): readonly MenuItem[] {
  const hasPicture = picturesOf(exporting).length > 0;
  const kinds = exportKinds.filter(([kind]) => hasPicture || (kind !== 'png' && kind !== 'svg'));
  return kinds.map(([kind, label]) => ({ label, onSelect: () => void save(exporting, kind) }));
}

const picturesOf = ({ state, parts }: Exporting) =>
  state.view === 'table' ? [] : [parts.callers, parts.main].flatMap(({ graph }) => graph.picture() ?? []);

async function save(exporting: Exporting, kind: ExportKind): Promise<void> {
  const { shown, state, onExport, onNote } = exporting;
  const layout = shown.layout(state);
  const name = state.view === 'sandwich' ? shown.sandwichName(state) : undefined;
  const tops = name === undefined ? [barOfPath(layout, state.focus)] : outermostBars(layout, name);
  onNote('');
  try {
    onExport(await exportGraph(kind, { part: { layout, tops }, pictures: picturesOf(exporting) }));
  } catch (error) {
    // Told beside the graph: what is shown is untouched by a file that could not be made.
    onNote(error instanceof Error ? error.message : String(error));
  }
}

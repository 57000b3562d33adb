/** What changed, the largest first: shares before and after of what functions cost of their own. */
import type { QueryResultMetaNotice } from '@grafana/data';
import { Alert, InteractiveTable, Text } from '@grafana/ui';
import { useMemo } from 'react';
import { formatPoints, formatShare } from '../../flamegraph/formatValue.ts';
import type { Change } from '../data/changes.ts';

interface Cell {
  readonly row: { readonly original: Change };
}

const significance = ({ isSignificant }: Change): string =>
  isSignificant === undefined ? '–' : isSignificant ? 'beyond chance' : 'within chance';

const columns = [
  { id: 'name', header: 'Function', cell: ({ row: { original } }: Cell) => original.name },
  { id: 'before', header: 'Before', cell: ({ row: { original } }: Cell) => formatShare(original.before, 1) },
  { id: 'after', header: 'After', cell: ({ row: { original } }: Cell) => formatShare(original.after, 1) },
  {
    id: 'difference',
    header: 'Change',
    sortType: (a: Cell['row'], b: Cell['row']) => a.original.difference - b.original.difference,
    sortDescFirst: true,
    cell: ({ row: { original } }: Cell) => formatPoints(original.difference),
  },
  {
    id: 'isSignificant',
    header: 'Significance (95 %)',
    cell: ({ row: { original } }: Cell) => significance(original),
  },
];

interface Props {
  readonly changes: readonly Change[];
  readonly notices: readonly QueryResultMetaNotice[];
}

export function ChangeTable({ changes, notices }: Props) {
  const data = useMemo(() => [...changes], [changes]);
  if (data.length === 0) return <Text color="secondary">No function changed its share.</Text>;
  return (
    <div style={{ overflowX: 'auto' }}>
      {notices.map(({ text }) => (
        <Alert key={text} severity="warning" title={text} />
      ))}
      <InteractiveTable columns={columns} data={data} getRowId={({ name }: Change) => name} pageSize={25} />
    </div>
  );
}

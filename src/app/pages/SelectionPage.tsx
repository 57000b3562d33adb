/** The frame of Explore and Compare: time range, labels, and what is there until the first profile comes. */
import { Stack } from '@grafana/ui';
import type { ReactNode } from 'react';
import { LabelSelectorField } from '../../datasource/components/LabelSelectorField.tsx';
import { RangeControls } from '../parts/RangeControls.tsx';
import type { Selection } from '../useSelection.ts';
import { useSelection } from '../useSelection.ts';
import { FirstRun } from './FirstRun.tsx';
import type { PageProps } from './pageProps.ts';

interface Props extends PageProps {
  readonly children: (selection: Selection) => ReactNode;
}

export function SelectionPage({ server, location, children }: Props) {
  const { state, change } = location;
  const selection = useSelection(server, state);
  const { range, refresh } = selection;
  return (
    <Stack direction="column" gap={2}>
      <RangeControls server={server} location={location} range={range} onRefresh={refresh} />
      <Stack direction="row" wrap="wrap" gap={0.5}>
        <LabelSelectorField
          catalog={server.catalog}
          range={range}
          profileTypeId={state.profileTypeId}
          selector={state.labelSelector}
          onChange={(labelSelector) => change({ labelSelector })}
        />
      </Stack>
      {state.profileTypeId === '' ? <FirstRun server={server} onFound={refresh} /> : children(selection)}
    </Stack>
  );
}

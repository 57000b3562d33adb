/** What the selection is held against: presets first, everything else in the field. */
import { Button, InlineFieldRow, Stack } from '@grafana/ui';
import { useState } from 'react';
import { firstValueFrom } from 'rxjs';
import { CompareField } from '../../datasource/components/CompareField.tsx';
import type { Comparison, ProfileQuery } from '../../datasource/data/profileQuery.ts';
import type { MillisRange } from '../../datasource/data/requests.ts';
import { askPreviousVersion, justBefore } from '../data/compareSides.ts';
import type { PageLocation } from '../usePageState.ts';
import type { Server } from '../useServer.ts';

interface Props {
  readonly server: Server;
  readonly location: PageLocation;
  readonly query: ProfileQuery;
  readonly range: MillisRange;
  readonly comparison: Comparison;
}

export function BaselineControls({ server, location, query, range, comparison }: Props) {
  const [problem, setProblem] = useState('');
  const choose = (compareWith: Comparison | undefined) => {
    setProblem('');
    location.change({ compareWith });
  };
  const choosePrevious = () => {
    firstValueFrom(askPreviousVersion(server, query, range)).then(
      (previous) =>
        previous === undefined ? setProblem('These profiles are of one version, or have none.') : choose(previous),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  const preset = (label: string, onClick: () => void) => (
    <Button variant="secondary" size="sm" onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" wrap="wrap" gap={1} alignItems="center">
        <InlineFieldRow>
          <CompareField
            catalog={server.catalog}
            range={undefined}
            labelSelector={query.labelSelector}
            comparison={comparison}
            isOptional={false}
            onChange={choose}
          />
        </InlineFieldRow>
        {preset('Last week', () => choose({ kind: 'offset', offset: '1w' }))}
        {preset('Yesterday', () => choose({ kind: 'offset', offset: '1d' }))}
        {preset('Right before', () => choose(justBefore(range)))}
        {preset('Previous version', choosePrevious)}
      </Stack>
      {problem !== '' && <span role="status">{problem}</span>}
    </Stack>
  );
}

/** Opens the dialog that records a function as a metric, from wherever a menu of frames is. */
import { getDataSourceSrv } from '@grafana/runtime';
import type { ReactNode } from 'react';
import { useMemo, useState } from 'react';
import type { RecordingStart } from './frameMenuItems.ts';
import { RecordDialog } from './RecordDialog.tsx';
import { recordingRulesOf } from './recordingRulesOf.ts';

interface Recording {
  readonly onRecord: (start: RecordingStart) => void;
  /** To be put beside what has the menu. */
  readonly dialog: ReactNode;
}

export function useRecording(): Recording {
  const [start, setStart] = useState<RecordingStart>();
  const rules = useMemo(() => start && recordingRulesOf(start.uid, getDataSourceSrv()), [start]);
  return {
    onRecord: setStart,
    dialog: start && rules && <RecordDialog first={start.draft} rules={rules} onClose={() => setStart(undefined)} />,
  };
}

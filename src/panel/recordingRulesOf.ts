/**
 * Finds who saves recording rules: the panel's data source, where it is ours.
 *
 * Errors: an Error that says why there is nobody.
 */
import type { DataSourceSrv } from '@grafana/runtime';
import type { RecordingRules } from '../datasource/data/recordingRules.ts';

export async function recordingRulesOf(uid: string, dataSources: Pick<DataSourceSrv, 'get'>): Promise<RecordingRules> {
  const source: object = await dataSources.get(uid);
  if (!canRecord(source)) throw new Error('This data source saves no recording rules: it is older than the panel.');
  return source.recordingRules;
}

interface Recorder {
  readonly recordingRules: RecordingRules;
}

/** One of the same version as this panel, or newer. */
const canRecord = (source: object): source is Recorder =>
  'recordingRules' in source && typeof source.recordingRules === 'object' && source.recordingRules !== null;

/** What Grafana loads as the data source. */
import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/ConfigEditor.tsx';
import { ProfileQueryEditor } from './components/ProfileQueryEditor.tsx';
import type { DataSourceOptions, DataSourceSecrets, ProfileQuery } from './data/profileQuery.ts';
import { PyrolensDataSource } from './PyrolensDataSource.ts';

export const plugin = new DataSourcePlugin<PyrolensDataSource, ProfileQuery, DataSourceOptions, DataSourceSecrets>(
  PyrolensDataSource,
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(ProfileQueryEditor);

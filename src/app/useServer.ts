/** The server behind the chosen data source: asked through Grafana's proxy, with the data source's own credentials. */
import type { DataSourceInstanceSettings } from '@grafana/data';
import { getBackendSrv, getDataSourceSrv, getTemplateSrv } from '@grafana/runtime';
import { useMemo } from 'react';
import type { Catalog } from '../datasource/data/catalog.ts';
import { createCatalog } from '../datasource/data/catalog.ts';
import type { QuerierClient } from '../datasource/data/querierClient.ts';
import { createQuerierClient } from '../datasource/data/querierClient.ts';

export interface Server {
  readonly uid: string;
  readonly name: string;
  readonly client: QuerierClient;
  readonly catalog: Catalog;
}

/** Grafana's own source has the same questions; our pages work with it too. */
const types = ['pyrolens-profiles-datasource', 'grafana-pyroscope-datasource'];

export const profileSources = (): readonly DataSourceInstanceSettings[] =>
  [...getDataSourceSrv().getList({ type: types })].sort((a, b) => types.indexOf(a.type) - types.indexOf(b.type));

/** undefined: there is no data source of profiles yet. */
export function useServer(uid: string, preferredUid: string | undefined): Server | undefined {
  return useMemo(() => {
    const sources = profileSources();
    const settings =
      sources.find((source) => source.uid === uid) ??
      sources.find((source) => source.uid === preferredUid) ??
      sources[0];
    if (settings === undefined) return undefined;
    const client = createQuerierClient(settings.url ?? '', getBackendSrv);
    const catalog = createCatalog(client, (text, format) => getTemplateSrv().replace(text, {}, format));
    return { uid: settings.uid, name: settings.name, client, catalog };
  }, [uid, preferredUid]);
}

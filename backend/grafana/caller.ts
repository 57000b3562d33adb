/**
 * Who asks: what Grafana's proxy would send as headers for the same data source, for nobody but Grafana talks to this door and
 * gRPC metadata has neither token nor tenant.
 *
 * Shape:  jsonData.httpHeaderName1 names a header, secureJsonData.httpHeaderValue1 has its value; up to 20 of them.
 * Source: Grafana documentation, "Custom HTTP headers" of data source provisioning.
 */
import type { DataSourceSettings } from './pluginRequests.ts';
import { textOf } from './readFields.ts';

export interface Caller {
  /** The whole header: "Bearer TOKEN". */
  readonly authorization: string | undefined;
  readonly tenant: string | undefined;
}

const mostHeaders = 20;

export function callerOf(settings: DataSourceSettings | undefined): Caller {
  const headers = new Map<string, string>();
  for (let i = 1; i <= mostHeaders; i++) {
    const name = textOf(settings?.jsonData[`httpHeaderName${i}`]);
    const value = settings?.secrets.get(`httpHeaderValue${i}`);
    if (name !== undefined && value !== undefined) headers.set(name.toLowerCase(), value);
  }
  return { authorization: headers.get('authorization'), tenant: headers.get('x-scope-orgid') };
}

/** What "Save & test" says. */
import type { TestDataSourceResponse } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import type { QuerierClient } from './querierClient.ts';
import { QuerierError } from './querierClient.ts';
import { rangeBody } from './requests.ts';

const dayMillis = 86_400_000;

export async function checkHealth(client: QuerierClient, nowMillis: number): Promise<TestDataSourceResponse> {
  try {
    const body = rangeBody({ startMillis: nowMillis - dayMillis, endMillis: nowMillis });
    const { profileTypes = [] } = await firstValueFrom(client.profileTypes(body));
    const found =
      profileTypes.length === 0
        ? 'No profiles came in during the last 24 hours; agents push to the same URL.'
        : `${profileTypes.length} profile type${profileTypes.length === 1 ? '' : 's'} in the last 24 hours.`;
    return { status: 'success', message: `Connected. ${found}` };
  } catch (error) {
    // The settings page shows answers of this shape, and anything thrown as "unknown error".
    if (!(error instanceof QuerierError)) throw error;
    return { status: 'error', message: await withVersion(error, client) };
  }
}

/** A server that knows its version but not the question is no wrong URL: it is too old. */
async function withVersion(error: QuerierError, client: QuerierClient): Promise<string> {
  if (error.failure.status !== 404) return error.message;
  try {
    const { data } = await firstValueFrom(client.buildInfo());
    if (data?.version !== undefined) {
      return `The server at this URL (version ${data.version}) is too old: it lacks querier.v1.QuerierService`;
    }
  } catch {
    // Then it is no such server, and the first error says so.
  }
  return error.message;
}

/** What "Save & test" says: whether questions are answered, by which version, and whether profiles can be written. */
import type { TestDataSourceResponse } from '@grafana/data';
import { catchError, firstValueFrom, forkJoin, map, of } from 'rxjs';
import type { QuerierClient } from './querierClient.ts';
import { QuerierError } from './querierClient.ts';
import { rangeBody } from './requests.ts';

const dayMillis = 86_400_000;

export async function checkHealth(client: QuerierClient, nowMillis: number): Promise<TestDataSourceResponse> {
  try {
    const body = rangeBody({ startMillis: nowMillis - dayMillis, endMillis: nowMillis });
    const [{ profileTypes = [] }, version, writing] = await firstValueFrom(
      forkJoin([client.profileTypes(body), versionOf(client), writingOf(client)]),
    );
    const found =
      profileTypes.length === 0
        ? 'No profiles came in during the last 24 hours; agents push to the same URL.'
        : `${profileTypes.length} profile type${profileTypes.length === 1 ? '' : 's'} in the last 24 hours.`;
    const server = version === undefined ? 'Connected.' : `Connected to version ${version}.`;
    // Questions are what a data source is for: it works, and still somebody should know.
    return { status: 'success', message: `${server} Reading works. ${writing} ${found}` };
  } catch (error) {
    // The settings page shows answers of this shape, and anything thrown as "unknown error".
    if (!(error instanceof QuerierError)) throw error;
    return { status: 'error', message: await withVersion(error, client) };
  }
}

const versionOf = (client: QuerierClient) =>
  client.buildInfo().pipe(
    map(({ data }) => data?.version),
    catchError(() => of(undefined)), // Then the sentence has no version.
  );

const writingOf = (client: QuerierClient) =>
  client.ready().pipe(
    map(() => 'Writing works.'),
    catchError((error: unknown) => of(`Writing may not work: ${notReady(error)}.`)),
  );

function notReady(error: unknown): string {
  if (!(error instanceof QuerierError)) throw error;
  const { status, serverMessage } = error.failure;
  return `/ready answers ${status}${serverMessage === undefined ? '' : ` (${serverMessage.trim()})`}`;
}

/** A server that knows its version but not the question is no wrong URL: it is too old. */
async function withVersion(error: QuerierError, client: QuerierClient): Promise<string> {
  if (error.failure.status !== 404) return error.message;
  const version = await firstValueFrom(versionOf(client));
  return version === undefined
    ? error.message
    : `The server at this URL (version ${version}) is too old: it lacks querier.v1.QuerierService`;
}

/** What editors offer to choose from: profile types, labels, values and functions of a time range. */
import type { TimeRange } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import { askFunctionNames } from './functionNames.ts';
import type { ReplaceVariables } from './interpolate.ts';
import { interpolateSelector } from './interpolate.ts';
import { preferredType } from './preferredType.ts';
import type { QuerierClient } from './querierClient.ts';
import type { MillisRange } from './requests.ts';
import { rangeBody } from './requests.ts';

export interface Catalog {
  /** IDs, sorted. */
  profileTypeIds(range?: TimeRange): Promise<readonly string[]>;
  /** Without the private ones, whose names begin with two underscores. */
  labelNames(selector: string, range?: TimeRange): Promise<readonly string[]>;
  labelValues(name: string, selector: string, range?: TimeRange): Promise<readonly string[]>;
  /** Those that cost most first; of CPU when the profile type is ''. */
  functionNames(
    profileTypeId: string,
    selector: string,
    range?: TimeRange,
    limit?: number,
  ): Promise<readonly string[]>;
}

export function createCatalog(client: QuerierClient, replace: ReplaceVariables): Catalog {
  const profileTypeIds: Catalog['profileTypeIds'] = async (range) => {
    const { profileTypes = [] } = await firstValueFrom(client.profileTypes(rangeBody(millisOf(range))));
    return profileTypes.map(({ ID = '' }) => ID).sort();
  };
  const bodyOf = (selector: string, range: TimeRange | undefined) => ({
    ...rangeBody(millisOf(range)),
    matchers: [interpolateSelector(selector, replace)],
  });
  return {
    profileTypeIds,
    labelNames: async (selector, range) => {
      const { names = [] } = await firstValueFrom(client.labelNames(bodyOf(selector, range)));
      return names.filter((name) => !name.startsWith('__'));
    },
    labelValues: async (name, selector, range) => {
      const { names = [] } = await firstValueFrom(
        client.labelValues({ ...bodyOf(selector, range), name: replace(name) }),
      );
      return names;
    },
    functionNames: async (profileTypeId, selector, range, limit) => {
      const asked = replace(profileTypeId);
      const chosen = asked === '' ? preferredType(await profileTypeIds(range)) : asked;
      if (chosen === undefined) return [];
      const labelSelector = interpolateSelector(selector, replace);
      return firstValueFrom(askFunctionNames(client, chosen, labelSelector, millisOf(range), limit));
    },
  };
}

const hourMillis = 3_600_000;

/** Without a range: the last hour, as catalog questions need one. */
export function millisOf(range: TimeRange | undefined): MillisRange {
  if (range === undefined) return { startMillis: Date.now() - hourMillis, endMillis: Date.now() };
  return { startMillis: range.from.valueOf(), endMillis: range.to.valueOf() };
}

/**
 * What the catalog answers: the health check, and the lists that an editor asks for under /api/datasources/uid/UID/resources/.
 *
 * Shape:  profileTypes -> [{id, label}]; labelNames?query= and labelValues?label=&query= -> names; start and end in milliseconds,
 *         the last hour without them.
 * Errors: InputError, in the resource's own form.
 * Source: resources of Grafana's own Pyroscope data source 12.3: the same paths and shapes.
 */
import { InputError } from '../errors.ts';
import { nanosOfMillis } from '../model/time.ts';
import type { TimeRange } from '../model/time.ts';
import { labelNames, labelValues, profileTypes } from '../query/catalogQuestions.ts';
import type { Catalog } from '../store/catalog.ts';
import { readLabelSelector } from '../wire/pyroscope/labelSelector.ts';
import type { Health } from './pluginAnswers.ts';
import type { ResourceRequest } from './pluginRequests.ts';
import { profileTypeName } from './profileTypeUnits.ts';

const dayMillis = 86_400_000;
const hourMillis = 3_600_000;

export function checkHealth(catalog: Catalog, tenant: string, version: string, nowMillis: number): Health {
  const range = { start: nanosOfMillis(nowMillis - dayMillis), end: nanosOfMillis(nowMillis + hourMillis) };
  const { length: count } = profileTypes(catalog, { tenant, matchers: [], range });
  const found =
    count === 0
      ? 'No profiles came in during the last 24 hours; agents push to the same server.'
      : `${count} profile type${count === 1 ? '' : 's'} in the last 24 hours.`;
  return { isOk: true, message: `Connected. ${found}`, details: { version } };
}

export function answerResource(catalog: Catalog, tenant: string, request: ResourceRequest, nowMillis: number): unknown {
  const parameters = new URLSearchParams(/\?(.*)$/s.exec(request.url)?.[1] ?? '');
  const range = rangeOf(parameters, nowMillis);
  const question = { tenant, matchers: readLabelSelector(parameters.get('query') ?? '{}'), range };
  switch (request.path.replace(/^\/+|\/+$/g, '')) {
    case 'profileTypes':
      return profileTypes(catalog, question).map((id) => ({ id, label: profileTypeName(id) }));
    case 'labelNames':
      return labelNames(catalog, question).filter((name) => !name.startsWith('__'));
    case 'labelValues': {
      const label = parameters.get('label') ?? '';
      if (label === '') throw new InputError('invalid_argument', 'labelValues needs the parameter label');
      return labelValues(catalog, question, label);
    }
    default:
      throw new InputError('not_found', `no resource ${JSON.stringify(request.path.slice(0, 100))}`);
  }
}

function rangeOf(parameters: URLSearchParams, nowMillis: number): TimeRange {
  const [start, end] = [parameters.get('start'), parameters.get('end')];
  const read = (text: string): number => {
    if (!/^\d{1,15}$/.test(text)) throw new InputError('invalid_argument', `not a time in milliseconds: ${text}`);
    return Number(text);
  };
  return {
    start: nanosOfMillis(start === null ? nowMillis - hourMillis : read(start)),
    end: nanosOfMillis(end === null ? nowMillis : read(end)),
  };
}

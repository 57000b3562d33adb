/**
 * GET /api/v1/status/config: what this server was told, flag by flag, for people who look for the reason of an answer.
 *
 * Shape:  YAML, a line a flag; .../diff has only what differs from the defaults, .../default the defaults. What is secret
 *         is a row of stars. With a token it is asked for, unlike for /ready: paths and limits are nobody's business.
 * Source: reference pyroscope-api 1.1, 1.14.
 */
import type { HttpRoute } from './httpRoutes.ts';
import { textAnswer } from './plainAnswer.ts';

export interface EffectiveFlag {
  readonly name: string;
  /** More than one when it may be repeated. Secrets are no part of it. */
  readonly values: readonly string[];
  readonly byDefault: string;
}

export function createStatusRoutes(flags: readonly EffectiveFlag[]): readonly HttpRoute[] {
  const isDefault = ({ values, byDefault }: EffectiveFlag): boolean => values.length === 1 && values[0] === byDefault;
  const route = (path: string, shown: readonly EffectiveFlag[]): HttpRoute => ({
    path: `/api/v1/status/config${path}`,
    method: 'GET',
    answer: () => Promise.resolve(textAnswer(200, shown.map(yamlLine).join(''))),
  });
  return [
    route('', flags),
    route(
      '/diff',
      flags.filter((flag) => !isDefault(flag)),
    ),
    route(
      '/default',
      flags.map((flag) => ({ ...flag, values: [flag.byDefault] })),
    ),
  ];
}

/** JSON's strings are YAML's too. */
const yamlLine = ({ name, values }: EffectiveFlag): string =>
  `${name}: ${values.length === 1 ? JSON.stringify(values[0]) : JSON.stringify(values)}\n`;

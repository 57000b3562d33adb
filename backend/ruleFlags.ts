/** The flags of recording rules and what they make; config.ts reads them as it reads all others. */
import type { Flag, FlagReader } from './config.ts';

export interface RulesConfig {
  /** undefined: rules come from clients alone. */
  readonly file: string | undefined;
  readonly latenessMillis: number;
  readonly backfillMillis: number;
  readonly seriesPerRule: number;
  readonly seriesInAll: number;
}

export const ruleFlags: readonly Flag[] = [
  { name: 'recording-rules', value: 'FILE', byDefault: '', help: 'rules that make metrics of profiles, YAML' },
  {
    name: 'rule-lateness',
    value: '75s',
    byDefault: '75s',
    help: 'how long after its end a minute is evaluated; profiles that come later are not in it',
  },
  {
    name: 'rule-backfill',
    value: '50m|off',
    byDefault: '50m',
    help: 'how far back a new rule, or one that could not be sent, is sent; off: all there is',
  },
  { name: 'max-series-per-rule', value: 'N', byDefault: '1000', help: 'series of a recording rule within a day' },
  { name: 'max-rule-series', value: 'N', byDefault: '10000', help: 'series of all recording rules within a day' },
];

const longestLateness = 3_600_000;

export function readRules({ text, read, count, parseDuration }: FlagReader): RulesConfig {
  const lateness = (value: string): number | undefined => {
    const millis = parseDuration(value);
    return millis !== undefined && millis <= longestLateness ? millis : undefined;
  };
  return {
    file: text('recording-rules') === '' ? undefined : text('recording-rules'),
    latenessMillis: read('rule-lateness', lateness, 'a duration up to 1h, as in 75s'),
    backfillMillis: read('rule-backfill', parseDuration, 'a duration, as in 50m or 7d, or off'),
    seriesPerRule: count('max-series-per-rule'),
    seriesInAll: count('max-rule-series'),
  };
}

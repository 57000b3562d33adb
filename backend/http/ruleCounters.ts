/** What /metrics tells about recording rules. */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RuleCounters, RuleState } from '../rules/ruleCounters.ts';

export function createRuleCounters(registry: Registry): RuleCounters {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `pyrolens_recording_rule_${name}`, help, registers });
  const evaluated = counter('minutes_evaluated_total', 'Minutes of rules that were evaluated.');
  const seconds = counter(
    'evaluation_seconds_total',
    'Time that it took, waiting for the store and the queue included.',
  );
  const failed = counter('minutes_failed_total', 'Minutes of rules that are beyond the limits and were given up.');
  const skipped = counter('minutes_skipped_total', 'Minutes of rules that were older than --rule-backfill.');
  const late = counter('late_profiles_total', 'Profiles of rules that came after their minute was evaluated.');
  const dropped = counter('dropped_samples_total', 'Samples of series beyond the budget.');
  return {
    countEvaluated: (ruleMinutes, duration) => {
      evaluated.inc(ruleMinutes);
      seconds.inc(duration);
    },
    countFailed: (ruleMinutes) => failed.inc(ruleMinutes),
    countSkipped: (ruleMinutes) => skipped.inc(ruleMinutes),
    countLate: (profiles) => late.inc(profiles),
    countDropped: (samples) => dropped.inc(samples),
    watch: (state) => {
      const gauge = (name: string, help: string, read: (now: RuleState) => number): void => {
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read(state()));
          },
        });
      };
      gauge('pyrolens_recording_rules', 'Recording rules in force.', ({ rules }) => rules);
      gauge('pyrolens_recording_rule_series', 'Series of recording rules within a day.', ({ series }) => series);
      gauge(
        'pyrolens_recording_rule_lag_seconds',
        'How far the rule that is furthest behind is behind the last minute that could be evaluated.',
        ({ lagSeconds }) => lagSeconds,
      );
    },
  };
}

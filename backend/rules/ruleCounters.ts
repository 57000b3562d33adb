/** What an evaluator tells of its work. */
export interface RuleCounters {
  /** Minutes of rules that were evaluated, and how long it took. */
  readonly countEvaluated: (ruleMinutes: number, seconds: number) => void;
  /** Minutes of a rule that could not be evaluated for good. */
  readonly countFailed: (ruleMinutes: number) => void;
  /** Minutes that were too old when their turn came. */
  readonly countSkipped: (ruleMinutes: number) => void;
  /** Profiles that came after their minute was evaluated. */
  readonly countLate: (profiles: number) => void;
  /** Samples of series beyond the budget. */
  readonly countDropped: (samples: number) => void;
  /** How it stands when somebody looks. */
  readonly watch: (state: () => RuleState) => void;
}

export interface RuleState {
  readonly rules: number;
  readonly series: number;
  /** How far the rule that is furthest behind is behind the last closed minute. */
  readonly lagSeconds: number;
}

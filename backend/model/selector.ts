/** One condition on a label. A label that a series lacks counts as ''. Regular expressions are RE2's, anchored at both ends. */
export interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}
/** All of them must hold; none means every series. */
export type Matchers = readonly Matcher[];

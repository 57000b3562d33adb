/**
 * The alert rules of provisioning/alerting, as Grafana reads them, and their annotations filled in.
 *
 * Source: grafana/grafana 12.3, pkg/services/provisioning/alerting (rules_types.go) and ngalert/state/template; Prometheus'
 *         template functions.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from './golden.ts';

export interface RuleQuery {
  readonly refId: string;
  readonly queryType?: string;
  readonly datasourceUid: string;
  /** Seconds before the evaluation. Expressions have none. */
  readonly relativeTimeRange?: { readonly from: number; readonly to: number };
  readonly model: Readonly<Record<string, unknown>>;
}

export interface AlertRule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly RuleQuery[];
  readonly noDataState: string;
  readonly execErrState: string;
  readonly for: string;
  readonly dashboardUid: string;
  readonly panelId: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly orgId: number;
  readonly name: string;
  readonly folder: string;
  readonly interval: string;
  readonly rules: readonly AlertRule[];
}

const folder = 'provisioning/alerting';

export const ruleFiles: readonly string[] = readdirSync(join(projectRoot, folder)).sort();

export function readRuleFile(name: string): { readonly apiVersion: number; readonly groups: readonly RuleGroup[] } {
  return parse(readFileSync(join(projectRoot, folder, name), 'utf8')) as ReturnType<typeof readRuleFile>;
}

export const provisionedRules: readonly AlertRule[] = ruleFiles.flatMap((name) =>
  readRuleFile(name).groups.flatMap(({ rules }) => rules),
);

export const expressionsUid = '__expr__';

export function provisionedRule(uid: string): AlertRule {
  const rule = provisionedRules.find((each) => each.uid === uid);
  if (rule === undefined) throw new Error(`no rule ${uid} is provisioned`);
  return rule;
}

export interface FilledInWith {
  readonly labels: Readonly<Record<string, string>>;
  /** Of expressions and of instant queries, by refId. */
  readonly values: Readonly<Record<string, number>>;
}

/** As of 2026, what the rules here use of Go's templates; anything else throws. */
export function fillIn(template: string, { labels, values }: FilledInWith): string {
  const label = (name: string): string => need(labels[name], `label ${name}`);
  const value = (name: string): number => need(values[name], `value ${name}`);
  // Without "with", Grafana logs an error at each evaluation that finds nothing.
  const percents = template.replace(
    /\{\{ with \$values\.(\w+) \}\}\{\{ humanizePercentage \.Value \}\}\{\{ end \}\}/g,
    (_, name: string) => (values[name] === undefined ? '' : `${Number((value(name) * 100).toPrecision(4))}%`),
  );
  return percents.replace(/\{\{\s*(.*?)\s*\}\}/g, (_, action: string) => {
    const [, printed = '', ofValue = ''] = /^printf "%\.(\d)f" \$values\.(\w+)\.Value$/.exec(action) ?? [];
    if (printed !== '') return value(ofValue).toFixed(Number(printed));
    const [, escape, name] = /^(urlquery )?\$labels\.(\w+)$/.exec(action) ?? [];
    if (name !== undefined) return escape === undefined ? label(name) : urlQuery(label(name));
    if (action === 'externalURL') return 'http://grafana.test/';
    throw new Error(`the template has {{ ${action} }}`);
  });
}

/** Go's url.QueryEscape. */
const urlQuery = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);

function need<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`the template asks for ${what}, which there is not`);
  return found;
}

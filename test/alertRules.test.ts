/** The alert rules that are shipped: what Grafana would refuse, or find nothing behind, when it loads them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { metrics } from '../backend/metrics/metricTable.ts';
import { readSavedQuery } from '../backend/grafana/savedQuery.ts';
import { parsePromql } from '../backend/promql/parse.ts';
import { appPath, pages, readState } from '../src/app/data/pageAddress.ts';
import { baselineOf } from '../src/datasource/data/comparison.ts';
import { parseLabelSelector } from '../src/datasource/data/labelSelector.ts';
import type { SavedQuery } from '../src/datasource/data/migrateQuery.ts';
import { migrateQuery } from '../src/datasource/data/migrateQuery.ts';
import { projectRoot } from './golden.ts';
import type { AlertRule, RuleQuery } from './provisionedRules.ts';
import { expressionsUid, fillIn, provisionedRules, readRuleFile, ruleFiles } from './provisionedRules.ts';

const duration = /^(\d+(ms|[smhdwy]))+$/;
const parsed = <T>(path: string): T => parse(readFileSync(join(projectRoot, path), 'utf8')) as T;
const { datasources } = parsed<{ readonly datasources: readonly { readonly uid: string; readonly type: string }[] }>(
  'provisioning/datasources/datasources.yaml',
);
const typeOf = new Map(datasources.map(({ uid, type }) => [uid, type]));
const dashboards = readdirSync(join(projectRoot, 'provisioning/dashboards'))
  .filter((name) => name.endsWith('.json'))
  .map((name) =>
    parsed<{ readonly uid: string; readonly panels: readonly { readonly id: number }[] }>(
      `provisioning/dashboards/${name}`,
    ),
  );

const isExpression = ({ datasourceUid }: RuleQuery): boolean => datasourceUid === expressionsUid;
const textOf = (query: RuleQuery, name: string): string => {
  const value = query.model[name];
  return typeof value === 'string' ? value : '';
};
/** Names that an expression of Grafana's reads. */
const readsOf = (query: RuleQuery): readonly string[] =>
  textOf(query, 'type') === 'math'
    ? [...textOf(query, 'expression').matchAll(/\$(\w+)/g)].map(([, name = '']) => name)
    : [textOf(query, 'expression')];

test('every file is of the form that Grafana provisions, and no uid or title stands twice', () => {
  expect(ruleFiles).toEqual(['prometheus.yaml', 'pyrolens.yaml']);
  for (const name of ruleFiles) {
    const { apiVersion, groups } = readRuleFile(name);
    expect(apiVersion).toBe(1);
    for (const group of groups) {
      expect(Object.keys(group)).toEqual(['orgId', 'name', 'folder', 'interval', 'rules']);
      expect([group.orgId, group.folder]).toEqual([1, 'Pyrolens']);
      // Whole multiples of ten seconds.
      expect(group.interval).toBe('1m');
      expect(group.rules).toHaveLength(5);
    }
  }
  for (const key of ['uid', 'title'] as const) {
    const all = provisionedRules.map((rule) => rule[key]);
    expect(new Set(all).size).toBe(all.length);
  }
});

/** The rest is refused, or left out without a word. */
const ruleKeys = [
  'uid',
  'title',
  'condition',
  'data',
  'noDataState',
  'execErrState',
  'for',
  'dashboardUid',
  'panelId',
  'annotations',
  'labels',
];

const cases = provisionedRules.map((rule): readonly [string, AlertRule] => [rule.uid, rule]);

describe.each(cases)('%s', (_, rule) => {
  test('has what Grafana asks of a rule', () => {
    expect(Object.keys(rule)).toEqual(ruleKeys);
    expect(rule.uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    expect(rule.title.length).toBeLessThanOrEqual(190);
    expect(['NoData', 'Alerting', 'OK', 'KeepLast']).toContain(rule.noDataState);
    expect(['Error', 'Alerting', 'OK', 'KeepLast']).toContain(rule.execErrState);
    expect(rule.for).toMatch(duration);
    for (const text of [...Object.values(rule.annotations), ...Object.values(rule.labels)])
      expect(typeof text).toBe('string');
    // Titles and labels are filled in from the environment.
    expect(rule.title + JSON.stringify(rule.labels)).not.toContain('$');
  });

  test('asks data sources that are provisioned, over ranges that are some', () => {
    for (const query of rule.data) {
      expect(query.model['refId']).toBe(query.refId);
      if (isExpression(query)) {
        expect(query.model['datasource']).toEqual({ type: expressionsUid, uid: expressionsUid });
        continue;
      }
      const type = typeOf.get(query.datasourceUid);
      expect(query.model['datasource']).toEqual({ type, uid: query.datasourceUid });
      const { from = 0, to = 0 } = query.relativeTimeRange ?? {};
      expect(from).toBeGreaterThan(to);
    }
  });

  test('reaches its condition by expressions that read what is there', () => {
    const names = rule.data.map(({ refId }) => refId);
    expect(new Set(names).size).toBe(names.length);
    for (const query of rule.data.filter(isExpression)) {
      expect(['reduce', 'threshold', 'math']).toContain(query.model['type']);
      for (const name of readsOf(query)) expect(names).toContain(name);
    }
    const condition = rule.data.find(({ refId }) => refId === rule.condition);
    expect(condition?.model['type']).toBe('threshold');
  });

  test('is asked in PromQL that is evaluated here, or as the editor saves queries today', () => {
    for (const query of rule.data.filter((each) => !isExpression(each))) {
      if (typeOf.get(query.datasourceUid) === 'prometheus') {
        const expression = textOf(query, 'expr');
        expect(() => parsePromql(expression)).not.toThrow();
        const names = [...expression.matchAll(/pyrolens_\w+/g)].map(([name]) => name);
        for (const name of names) expect(metrics.map((metric) => metric.name)).toContain(name);
      } else {
        expect(query.queryType).toBe(query.model['queryType']);
        const saved: object = query.model;
        expect(migrateQuery(saved as SavedQuery)).toEqual(saved);
        expect(readSavedQuery(query.model).queryType).toBe(query.queryType);
      }
    }
  });

  test('is tied to a panel that there is', () => {
    const { dashboardUid, panelId, annotations } = rule;
    const panels = dashboards.find(({ uid }) => uid === dashboardUid)?.panels.map(({ id }) => id);
    expect(panels).toContain(panelId);
    expect([annotations['__dashboardUid__'], annotations['__panelId__']]).toEqual([dashboardUid, String(panelId)]);
  });

  test('tells what is wrong, and links to the flame graph of its window against a baseline', () => {
    const to = 1_800_000_000_000;
    const filled = {
      labels: { service_name: 'shop & co', function: 'a.(*B).c' },
      values: Object.fromEntries(rule.data.map(({ refId }) => [refId, 0.25])),
    };
    const start = rule.data.find(({ refId }) => refId === 'from')?.relativeTimeRange?.from ?? 0;
    const values = { ...filled.values, from: to - start * 1_000, to };
    const { summary = '', description = '', flame_graph: link = '' } = rule.annotations;
    expect(fillIn(summary, { ...filled, values })).not.toMatch(/\{\{|undefined|NaN/);
    expect(description.length).toBeGreaterThan(20);
    const { origin, pathname, search } = new URL(fillIn(link, { ...filled, values }));
    expect([origin, pathname]).toEqual(['http://grafana.test', `${appPath}/compare`]);
    const state = readState(search);
    expect(state.datasourceUid).toBe('pyrolens');
    expect(state.profileTypeId).toBe('process_cpu:cpu:nanoseconds:cpu:nanoseconds');
    expect(parseLabelSelector(state.labelSelector)).toMatchObject({
      kind: 'selector',
      matchers: [{ name: 'service_name', operator: '=' }],
    });
    const window = [state.from, state.to];
    const minutes = 60_000;
    if (window[1] === 'now') expect(window[0]).toBe('now-30m');
    else expect([15, 30].map((length) => [String(to - length * minutes), String(to)])).toContainEqual(window);
    expect(state.compareWith?.kind).toBe('offset');
    const range = { startMillis: to - 900_000, endMillis: to };
    const baseline = state.compareWith && baselineOf(state.compareWith, state.labelSelector, range);
    expect(baseline?.endMillis).toBeLessThan(range.startMillis);
    if (link.includes('$labels.function')) expect(state.graph.search).toBe('a.(*B).c');
  });

  test('every other link leads to a page of the app', () => {
    for (const [name, text] of Object.entries(rule.annotations)) {
      if (name === 'flame_graph' || !text.includes('externalURL')) continue;
      const { pathname } = new URL(fillIn(text, { labels: {}, values: {} }));
      expect(pages.map((page) => `${appPath}/${page}`)).toContain(pathname);
    }
  });
});

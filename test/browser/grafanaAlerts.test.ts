/** Alert rules on a function's share, evaluated by a real Grafana: over its own Prometheus data source, and over ours. */
import type { FrameInfo } from '../../src/flamegraph/mountFlameGraph.types.ts';
import { alertRuleAddress } from '../../src/panel/data/alertRule.ts';
import { provisionedRules } from '../provisionedRules.ts';
import { askGrafana, cpu, inGrafana, ourSource, shopQuery, useGrafana } from './realGrafana.ts';

useGrafana();

const folder = 'pyrolens-test';
const marshal: FrameInfo = {
  name: 'json.Marshal',
  stack: ['main', 'json.Marshal'],
  total: { left: 2, right: 0 },
  self: { left: 2, right: 0 },
  whole: { left: 100, right: 0 },
  unit: 'nanoseconds',
};

interface RuleQuery {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly model: object;
  readonly relativeTimeRange?: { readonly from: number; readonly to: number };
}
interface Rule {
  readonly name: string;
  readonly data: readonly RuleQuery[];
  readonly summary: string;
}

const expressions = { type: '__expr__', uid: '__expr__' };
const expression = (refId: string, model: object): RuleQuery => ({
  refId,
  datasourceUid: expressions.uid,
  model: { refId, datasource: expressions, ...model },
});
const above = (read: string, share: number): RuleQuery =>
  expression('C', {
    type: 'threshold',
    expression: read,
    conditions: [{ evaluator: { type: 'gt', params: [share] } }],
  });

/** What "Create alert from this function" hands to the rule editor: json.Marshal is at 2 %, so it will be "above 3 %". */
function ruleOfMenu(): Rule {
  const address = alertRuleAddress(marshal, {
    targets: {
      profiles: ourSource,
      shares: { type: 'prometheus', uid: 'pyrolens-metrics' },
      logs: undefined,
      metrics: undefined,
    },
    profileTypeId: cpu,
    matchers: [{ name: 'service_name', operator: '=', value: 'shop' }],
    range: { from: 'now-15m', to: 'now' },
  });
  const defaults = new URL(address ?? '', 'http://grafana').searchParams.get('defaults') ?? '';
  const { name, queries, annotations } = JSON.parse(defaults) as {
    readonly name: string;
    readonly queries: readonly RuleQuery[];
    readonly annotations: readonly { readonly value: string }[];
  };
  return { name, data: queries, summary: annotations[0]?.value ?? '' };
}

/** The editor leaves a reducer out that has nothing to reduce. */
const withoutReducer = ({ name, data, summary }: Rule): Rule => ({
  name: `${name}, as the editor saves it`,
  data: data.flatMap((query) => (query.refId === 'B' ? [] : query.refId === 'C' ? [above('A', 0.03)] : [query])),
  summary,
});

const ruleOverOurs: Rule = {
  name: 'json.Marshal, over the data source of Pyrolens',
  data: [
    {
      refId: 'A',
      datasourceUid: 'pyrolens',
      relativeTimeRange: { from: 600, to: 0 },
      model: shopQuery('functionShare', {
        functions: ['^json\\.Marshal$'],
        functionValue: 'total',
        groupBy: ['service_name'],
      }),
    },
    expression('B', { type: 'reduce', expression: 'A', reducer: 'mean', settings: { mode: 'dropNN' } }),
    above('B', 0.03),
  ],
  summary:
    '{{ $labels.service_name }}: {{ $labels.function }} takes {{ with $values.B }}{{ humanizePercentage .Value }}{{ end }}',
};

interface Evaluated {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly lastError?: string;
  readonly alerts?: readonly { readonly annotations: Readonly<Record<string, string>> }[];
}
const rulesPath = '/api/prometheus/grafana/api/v1/rules';

async function evaluatedRules(): Promise<readonly Evaluated[]> {
  const { body } = await askGrafana(rulesPath);
  const { data } = body as { readonly data: { readonly groups: readonly { readonly rules: readonly Evaluated[] }[] } };
  return data.groups.flatMap(({ rules }) => rules);
}

async function replaceRules(rules: readonly Rule[]): Promise<void> {
  await askGrafana('/api/folders', { uid: folder, title: 'Tests of Pyrolens' });
  const { status, body } = await askGrafana(
    `/api/v1/provisioning/folder/${folder}/rule-groups/shares`,
    {
      title: 'shares',
      folderUid: folder,
      interval: 10,
      rules: rules.map(({ name, data, summary }) => ({
        title: name,
        folderUID: folder,
        ruleGroup: 'shares',
        orgID: 1,
        condition: 'C',
        data: data.map((query) => ({ relativeTimeRange: { from: 600, to: 0 }, queryType: '', ...query })),
        for: '10s',
        noDataState: 'NoData',
        execErrState: 'Error',
        annotations: { summary },
      })),
    },
    'PUT',
  );
  if (status >= 300) throw new Error(`Grafana refuses the rules: ${JSON.stringify(body)}`);
}

inGrafana(
  'rules on the share of a function fire, over Prometheus and over the data source itself, and say by how much',
  async () => {
    const menu = ruleOfMenu();
    const rules = [menu, withoutReducer(menu), ruleOverOurs];
    await replaceRules(rules);
    try {
      let seen: readonly Evaluated[] = [];
      const isDone = () => seen.length === rules.length && seen.every(({ state }) => state === 'firing');
      for (let tries = 0; tries < 60 && !isDone(); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const all = await evaluatedRules();
        seen = rules.flatMap(({ name }) => all.filter((each) => each.name === name));
      }
      const texts = seen.map(({ state, health, lastError, alerts = [] }) => [
        state,
        health,
        lastError ?? '',
        ...alerts.map(({ annotations }) => annotations['summary']),
      ]);
      const share = /^json\.Marshal takes \d+(\.\d+)?% of the profile$/;
      expect(texts).toEqual([
        ['firing', 'ok', '', expect.stringMatching(share)],
        ['firing', 'ok', '', expect.stringMatching(share)],
        ['firing', 'ok', '', expect.stringMatching(/^shop: json\.Marshal takes \d+(\.\d+)?%$/)],
      ]);
    } finally {
      await askGrafana(`/api/folders/${folder}?forceDeleteRules=true`, undefined, 'DELETE');
    }
  },
  90_000,
);

inGrafana('the shipped rules are all evaluated without an error', async () => {
  const all = await evaluatedRules();
  for (const { title } of provisionedRules) {
    const rule = all.find(({ name }) => name === title);
    expect([title, rule?.health, rule?.lastError ?? '']).toEqual([title, 'ok', '']);
  }
});

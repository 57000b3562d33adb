/** Rules from YAML: what they mean, and where a mistake stands. */
import { defaultLimits } from '../limits.ts';
import { readRuleFile } from './readRuleFile.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const read = (text: string, multitenancy = false) =>
  readRuleFile(text, { fileName: 'rules.yaml', multitenancy, limits: defaultLimits });

const full = `
# What the shop spends on JSON.
rules:
  - metric: profiles_recorded_json
    profile_type: ${cpu}
    matchers: ['{service_name="shop"}', '{pod!~"canary.*"}']
    group_by: [pod, function]
    function_regex: 'json\\..*'
    mode: self
    labels: {team: core}
    tenant: shop
    id: json
  - metric: profiles_recorded_all
    profile_type: ${cpu}
`;

test('a rule has all that it says, and the rest is as usual', () => {
  const [json, all] = read(full, true);
  expect(json?.rule).toEqual({
    tenant: 'shop',
    id: 'json',
    metric: {
      name: 'profiles_recorded_json',
      profileType: cpu,
      matchers: [
        { name: 'service_name', op: '=', value: 'shop' },
        { name: 'pod', op: '!~', value: 'canary.*' },
        { name: '__profile_type__', op: '=', value: cpu },
      ],
      groupBy: ['pod', 'function'],
      labels: [
        { name: 'profiles_rule_id', value: 'json' },
        { name: 'team', value: 'core' },
      ],
      functions: { text: 'json\\..*', isPattern: true, mode: 'self' },
    },
  });
  expect(json?.message).toMatchObject({ provisioned: true, profileType: cpu });
  expect(all?.rule).toMatchObject({ tenant: 'anonymous', metric: { groupBy: [], functions: undefined } });
  expect(all?.rule.id).toMatch(/^[a-z]{10}$/);
});

test('an id that is made stays the same from start to start', () => {
  const rule = `rules:\n  - {metric: profiles_recorded_all, profile_type: "${cpu}"}`;
  expect(read(rule).map(({ rule: { id } }) => id)).toEqual(
    read(`${rule}\n    # and more`).map(({ rule: { id } }) => id),
  );
});

const good = `rules:
  - metric: profiles_recorded_a
    profile_type: ${cpu}
`;

// [what is wrong, the file, place and message]
const wrong: readonly (readonly [string, string, string])[] = [
  ['no YAML', 'rules: [', 'rules.yaml:1:9: Expected flow sequence'],
  ['a key twice', `${good}    metric: b\n`, 'rules.yaml:2:5: Map keys must be unique'],
  ['nothing', '', 'rules.yaml:1:1: rules: expected a list of rules'],
  ['a list', '- a', 'rules.yaml:1:1: rules: expected a list of rules'],
  ['rules that are no list', 'rules: 5', 'rules.yaml:1:8: rules: expected a list of rules'],
  ['more beside rules', `${good}groups: []\n`, 'rules.yaml:4:9: groups: expected nothing beside rules'],
  ['a rule that is text', 'rules:\n  - x', 'rules.yaml:2:5: rules[0]: expected the fields of a rule'],
  [
    'an unknown field',
    `${good}    groupby: [a]\n`,
    'rules.yaml:4:14: rules[0].groupby: unknown; a rule has id, tenant,',
  ],
  ['no metric', `rules:\n  - profile_type: ${cpu}`, 'rules.yaml:2:5: rules[0].metric: expected profiles_recorded_...'],
  [
    'another name',
    'rules:\n  - metric: a\n    profile_type: "a:b:c:d:e"',
    'rules.yaml:2:13: rules[0].metric: expected profiles_recorded_... as a metric\'s name, got "a"',
  ],
  ['no type', 'rules:\n  - metric: profiles_recorded_a', 'rules.yaml:2:5: rules[0].profile_type: '],
  ['a number for a text', `${good}    function: 5\n`, 'rules.yaml:4:15: rules[0].function: expected text'],
  ['a text for a list', `${good}    group_by: pod\n`, 'rules.yaml:4:15: rules[0].group_by: expected a list of texts'],
  ['a bad label', `${good}    group_by:\n      - a.b\n`, 'rules.yaml:5:7: rules[0].group_by: not a label name: "a.b"'],
  ['a bad selector', `${good}    matchers: '{a='\n`, 'rules.yaml:4:15: rules[0].matchers: '],
  [
    'a bad pattern in it',
    `${good}    matchers: '{a=~"("}'\n`,
    'rules.yaml:4:15: rules[0].matchers: regular expression',
  ],
  ['a bad pattern', `${good}    function_regex: '('\n`, 'rules.yaml:4:21: rules[0].function_regex: regular expression'],
  [
    'both',
    `${good}    function: a\n    function_regex: a\n`,
    'rules.yaml:5:21: rules[0].function_regex: stands beside',
  ],
  [
    'an unknown mode',
    `${good}    function: a\n    mode: sum\n`,
    'rules.yaml:5:11: rules[0].mode: expected self or total',
  ],
  ['a mode of nothing', `${good}    mode: self\n`, 'rules.yaml:4:11: rules[0].mode: needs function'],
  ['functions of nothing', `${good}    group_by: [function]\n`, 'rules.yaml:4:15: rules[0].group_by: "function" needs'],
  ['a label that is a number', `${good}    labels: {a: 5}\n`, 'rules.yaml:4:13: rules[0].labels: expected text as'],
  ['a label of ours', `${good}    labels: {__name__: x}\n`, 'rules.yaml:4:13: rules[0].labels: __name__ is the server'],
  ['an id with digits', `${good}    id: a1\n`, 'rules.yaml:4:9: rules[0].id: expected 1 to 100 letters'],
  ['a tenant without tenants', `${good}    tenant: a\n`, 'rules.yaml:4:13: rules[0].tenant: there are tenants with'],
  ['a metric twice', `${good}${good.slice(7)}`, 'rules.yaml:4:5: rules[1]: a rule with this metric or id stands above'],
];
for (const [what, text, message] of wrong) {
  test(`${what} is refused with its place`, () => {
    expect(() => read(text)).toThrow(message);
    const refused: unknown = expect.objectContaining({ code: 'invalid_argument' });
    expect(() => read(text)).toThrow(refused as Error);
  });
}

test('aliases that grow a thousandfold are refused', () => {
  const rows = Array.from(
    { length: 9 },
    (_, i) => `  - &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(', ')}]`,
  );
  expect(() => read(['rules:', '  - &a0 [x]', ...rows].join('\n'))).toThrow(/rules.yaml/);
});

test('a file that is too long is refused before it is read', () => {
  expect(() => read('#'.repeat(2 ** 20 + 1))).toThrow('rules.yaml: longer than');
});

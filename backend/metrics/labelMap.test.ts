import { createLabelMap, exportLabels } from './labelMap.ts';

for (const [names, exported] of [
  [['pod', 'service_name'], { pod: 'pod', service_name: 'service_name' }],
  [['k8s.pod', 'k8s_pod'], { 'k8s.pod': 'k8s_pod_2', k8s_pod: 'k8s_pod' }],
  [['a-b', 'a.b', 'a b'], { 'a b': 'a_b', 'a-b': 'a_b_2', 'a.b': 'a_b_3' }],
  [['a.b', 'a_b_2', 'a_b'], { 'a.b': 'a_b_3', a_b_2: 'a_b_2', a_b: 'a_b' }],
  [['7up', 'é', '%'], { '7up': '_7up', '%': '_', é: '__2' }],
  [['function', 'mode', 'profile_type'], { function: 'function_2', mode: 'mode_2', profile_type: 'profile_type_2' }],
  [
    ['__profile_type__', '__name__', '__unit__'],
    { __profile_type__: 'profile_type', __name__: undefined, __unit__: undefined },
  ],
] as const) {
  test(`${names.join(' ')} are called ${Object.values(exported).join(' ')}, whatever their order`, () => {
    for (const order of [names, names.toReversed()]) {
      const map = createLabelMap(order);
      const entries = Object.entries(exported);
      for (const [name, wanted] of entries) expect([name, map.exported(name)]).toEqual([name, wanted]);
      for (const [name, wanted] of entries) if (wanted !== undefined) expect(map.original(wanted)).toBe(name);
    }
  });
}

test('a name that no label has is nobody’s', () => {
  const map = createLabelMap(['a.b']);
  for (const name of ['a.b', 'nobody', 'function', 'mode', '__name__']) expect(map.original(name)).toBeUndefined();
});

test('labels come out sorted by their new names', () => {
  const labels = [
    { name: '__unit__', value: 'bytes' },
    { name: 'z.a', value: '1' },
    { name: 'zz', value: '2' },
  ];
  expect(exportLabels(labels, createLabelMap(['z.a', 'zz', '__unit__']))).toEqual([
    { name: 'z_a', value: '1' },
    { name: 'zz', value: '2' },
  ]);
});

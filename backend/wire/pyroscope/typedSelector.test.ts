import { InputError } from '../../errors.ts';
import { formatProfileType } from '../../model/profileType.ts';
import { readLabelSelector } from './labelSelector.ts';
import { readTypedSelector } from './typedSelector.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const pod = { name: 'pod', op: '=', value: 'a{b}' };

for (const [text, matchers] of [
  [cpu, []],
  [` ${cpu} `, []],
  [`${cpu}{}`, []],
  [`${cpu}{pod="a{b}"}`, [pod]],
  [`${cpu}:delta{pod="a{b}"}`, [pod]],
  [`${cpu} {pod="a{b}",}`, [pod]],
  [`{__profile_type__="${cpu}", pod="a{b}"}`, [pod]],
] as const) {
  test(`${text} is the CPU's type with ${matchers.length} matchers`, () => {
    const { profileType, matchers: read } = readTypedSelector(text);
    expect(formatProfileType(profileType)).toBe(cpu);
    expect(read).toEqual(matchers);
  });
}

for (const text of ['', '{}', '{pod="a"}', 'cpu', 'a:b:c:d', `${cpu}{`, `${cpu}{pod}`, '{__profile_type__!="x"}']) {
  test(`"${text}" is refused`, () => {
    expect(() => readTypedSelector(text)).toThrow(InputError);
  });
}

test('a type in front of labels selects by type wherever labels are taken', () => {
  const type = { name: '__profile_type__', op: '=', value: cpu };
  expect(readLabelSelector(`${cpu}{pod="a{b}"}`)).toEqual([type, pod]);
  expect(readLabelSelector(`${cpu}:delta{}`)).toEqual([type]);
  expect(readLabelSelector('process_cpu{}')).toEqual([{ name: '__name__', op: '=', value: 'process_cpu' }]);
});

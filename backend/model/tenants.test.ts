import { InputError } from '../errors.ts';
import { oneTenant, readTenants, splitTenants } from './tenants.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.code;
  }
  return 'no refusal';
}

// [header, tenants]: whatever comes in which order, it is the same question.
const good: readonly (readonly [string, string])[] = [
  ['a', 'a'],
  ['b|a', 'a|b'],
  ['a|a|a', 'a'],
  ["Team-1_x.y!*'()", "Team-1_x.y!*'()"],
  ['x'.repeat(150), 'x'.repeat(150)],
];
for (const [header, tenants] of good) {
  test(`"${header.slice(0, 20)}" is about ${splitTenants(tenants).length} tenants`, () => {
    expect(readTenants(header)).toBe(tenants);
  });
}

for (const header of [undefined, '']) {
  test(`${JSON.stringify(header)} is nobody`, () => {
    expect(codeOf(() => readTenants(header))).toBe('unauthenticated');
    expect(() => readTenants(header)).toThrow('no org id');
  });
}

for (const header of ['|', 'a|', '.', '..', 'a/b', 'a b', 'ü', 'a\\b', 'a\nb', 'x'.repeat(151)]) {
  test(`${JSON.stringify(header.slice(0, 20))} is refused and quoted`, () => {
    expect(codeOf(() => readTenants(header))).toBe('invalid_argument');
    expect(() => readTenants(header)).toThrow('tenant ID "');
  });
}

test('a hundred tenants at once, and no more', () => {
  const names = Array.from({ length: 101 }, (_, i) => `t${i}`);
  expect(splitTenants(readTenants(names.slice(1).join('|')))).toHaveLength(100);
  expect(() => readTenants(names.join('|'))).toThrow('101 tenants are more than 100');
});

test('what belongs to one tenant is refused to several', () => {
  expect(oneTenant('a')).toBe('a');
  expect(() => oneTenant('a|b')).toThrow('multiple org IDs present: a|b');
});

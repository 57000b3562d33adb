import { labelOfPattern, nameOfPattern, patternOfName, patternTest } from './functionPattern.ts';

for (const name of ['main.work', 'net/http.(*conn).serve', 'a$b^c', 'Vec<[u8; 4]>::push', 'x\\y', '']) {
  test(`the name "${name}" comes back from its expression and fits it alone`, () => {
    const pattern = patternOfName(name);
    expect(nameOfPattern(pattern)).toBe(name);
    expect(labelOfPattern(pattern)).toBe(name);
    expect(patternTest(pattern)(name)).toBe(true);
    expect(patternTest(pattern)(`${name}2`)).toBe(false);
    expect(new RegExp(pattern).test(name)).toBe(true);
  });
}

for (const pattern of ['json.*', '^main\\.', 'a$', '^a.c$', '^(a|b)$']) {
  test(`${pattern} is for many names`, () => expect(nameOfPattern(pattern)).toBeUndefined());
}

test('what is typed is searched for anywhere', () => {
  expect(patternTest('json|gzip')('encoding/json.Marshal')).toBe(true);
  expect(patternTest('json|gzip')('main.work')).toBe(false);
});

test('what is no expression is quoted', () => {
  expect(() => patternTest('json(')).toThrow('"json(" is no regular expression for functions');
});

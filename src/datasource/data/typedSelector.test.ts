import { formatTypedSelector, parseTypedSelector } from './typedSelector.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

for (const [text, profileTypeId, labelSelector] of [
  [`${cpu}{service_name="a"}`, cpu, '{service_name="a"}'],
  [` ${cpu} `, cpu, '{}'],
  ['memory:inuse_space:bytes::{}', 'memory:inuse_space:bytes::', '{}'],
  ['${profile_type}{pod="$pod"}', '${profile_type}', '{pod="$pod"}'],
  ['$profile_type{}', '$profile_type', '{}'],
] as const) {
  test(`${text} is a profile type and a selector`, () => {
    expect(parseTypedSelector(text)).toMatchObject({ kind: 'selector', profileTypeId, labelSelector });
  });
}

for (const [list, functions] of [
  ['', []],
  ['| function="json.(*Encoder).Encode"', ['^json\\.\\(\\*Encoder\\)\\.Encode$']],
  ['|function =~ "json|gzip" or function="gc"', ['json|gzip', '^gc$']],
] as const) {
  test(`behind the selector ${JSON.stringify(list)} stand ${functions.length} functions`, () => {
    const parsed = parseTypedSelector(`${cpu}{a="b|c"} ${list}`);
    expect(parsed).toMatchObject({ labelSelector: '{a="b|c"}', functions });
    expect(parseTypedSelector(formatTypedSelector(cpu, '{a="b|c"}', functions))).toMatchObject({ functions });
  });
}

// Offsets count from the beginning of the line, where the mark is drawn.
for (const [text, offset, words] of [
  ['{a="b"}', 0, 'a profile type is expected'],
  ['  cpu{a="b"}', 2, 'this is no profile type'],
  [`${cpu}{a="b"`, cpu.length + 6, 'a closing } is missing'],
  [`${cpu}  {a~"b"}`, cpu.length + 4, 'is expected behind a'],
  [`${cpu}{a="b}`, cpu.length + 6, 'the closing " is missing'],
  [`${cpu}{} | `, cpu.length + 5, 'function is expected'],
  [`${cpu}{} | function!="a"`, cpu.length + 13, 'one of = =~ is expected'],
  [`${cpu}{} | function="a" and`, cpu.length + 18, 'or, or the end, is expected'],
  [`${cpu}{} | function="a`, cpu.length + 16, 'the closing " is missing'],
] as const) {
  test(`${text} is wrong at ${offset}`, () => {
    const parsed = parseTypedSelector(text);
    expect(parsed).toMatchObject({ kind: 'mistake', offset });
    expect(parsed.kind === 'mistake' && parsed.message).toContain(words);
  });
}

test('what is written is what is read', () => {
  const text = formatTypedSelector(cpu, '{a="b"}');
  expect(parseTypedSelector(text)).toMatchObject({ profileTypeId: cpu, labelSelector: '{a="b"}' });
});

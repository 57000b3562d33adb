import { completionAt } from './completeSelector.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const ofType = `{__profile_type__="${cpu}"}`;

/** The cursor is where the caret stands; answers what would be replaced as well. */
function complete(marked: string) {
  const offset = marked.indexOf('^');
  const text = marked.replace('^', '');
  const completion = completionAt(text, offset);
  if (completion.kind === 'nothing') return 'nothing';
  const { from, to, ...rest } = completion;
  return { ...rest, replaces: text.slice(from, to) };
}

for (const [marked, expected] of [
  ['^', { kind: 'profileType', replaces: '' }],
  ['proc^ess{}', { kind: 'profileType', replaces: 'process' }],
  [`${cpu}{^}`, { kind: 'labelName', others: ofType, replaces: '' }],
  [`${cpu}{ser^vice="a"}`, { kind: 'labelName', others: ofType, replaces: 'service' }],
  [
    `${cpu}{a="b", po^}`,
    { kind: 'labelName', others: `{__profile_type__="${cpu}", a="b"}`, replaces: 'po' },
  ],
  [`${cpu}{pod=^}`, { kind: 'labelValue', name: 'pod', others: ofType, isQuoted: false, replaces: '' }],
  [`${cpu}{pod="che^ck-1"}`, { kind: 'labelValue', name: 'pod', others: ofType, isQuoted: true, replaces: 'check-1' }],
  [
    `${cpu}{a="x,y{", pod=~"^"}`,
    { kind: 'labelValue', name: 'pod', others: `{__profile_type__="${cpu}", a="x,y{"}`, isQuoted: true, replaces: '' },
  ],
  ['{pod="a"^}', 'nothing'],
  [`${cpu}{a="b"} | ^`, { kind: 'functionKeyword', replaces: '' }],
  [`${cpu}{a="b"} | fun^c="x"`, { kind: 'functionKeyword', replaces: 'func' }],
  [
    `${cpu}{a="b"} | function="js^on"`,
    {
      kind: 'functionName',
      profileTypeId: cpu,
      labelSelector: '{a="b"}',
      isPattern: false,
      isQuoted: true,
      replaces: 'json',
    },
  ],
  [
    `${cpu}{} | function="a or b" or function=~^`,
    {
      kind: 'functionName',
      profileTypeId: cpu,
      labelSelector: '{}',
      isPattern: true,
      isQuoted: false,
      replaces: '',
    },
  ],
  [`${cpu}{} | function="a" ^`, 'nothing'],
] as const) {
  test(`at ${marked} ${typeof expected === 'string' ? expected : expected.kind} can stand`, () => {
    expect(complete(marked)).toEqual(expected);
  });
}

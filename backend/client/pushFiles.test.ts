import { PushError } from './pushClient.ts';
import { readPushCommand } from './pushFiles.ts';

for (const [args, message] of [
  [['--urll', 'http://x', 'file'], 'there is no flag --urll; pyrolens push --help lists the flags'],
  [['-x', 'file'], 'there is no flag -x; pyrolens push --help lists the flags'],
  [['file', '--url'], 'the flag --url needs a value; pyrolens push --help lists the flags'],
  [['--service', '--now', 'file'], 'the flag --service needs a value; pyrolens push --help lists the flags'],
  [['--now=3', 'file'], 'the flag --now takes no value; pyrolens push --help lists the flags'],
  [['--label', 'nonsense', 'file'], '--label: expected NAME=VALUE, got "nonsense"'],
  [[], 'no files given; pyrolens push --help lists the flags'],
] as const) {
  test(`push ${args.join(' ')} is refused in a sentence of its own`, () => {
    expect(() => readPushCommand(args, undefined)).toThrow(new PushError(message));
  });
}

test('a file behind -- may begin with a dash', () => {
  expect(readPushCommand(['--now', '--', '-x'], undefined)).toMatchObject({ files: ['-x'], stampNow: true });
});

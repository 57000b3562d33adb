/** Rules evaluated as profiles come in, with a clock and a sink of the test's own. 150 samples in 15 s are 0.1 cores. */
import { InputError } from '../errors.ts';
import { noonMillis } from '../metrics/testProfiles.ts';
import { ruleOf, rulesOver } from './testRules.ts';

const work = (seconds: number, pod = 'a', count = 150) => ({
  seconds,
  folded: [`main;work ${count}`],
  labels: { pod },
});

describe('as profiles come in', () => {
  test('a minute is handed on once, when it is over and the allowance has passed', async () => {
    const { at, write } = rulesOver([ruleOf('x', { groupBy: ['pod'] })]);
    await write(work(10));
    await write(work(50, 'b'));
    expect(await at(89)).toEqual([]);
    await write(work(60, 'b', 450));
    expect(await at(90)).toEqual(['x{pod="a"} 60=0.1', 'x{pod="b"} 60=0.24']);
    expect(await at(91)).toEqual([]);
  });

  test('a profile that comes later is counted and changes nothing', async () => {
    const { at, write, counted } = rulesOver([ruleOf('x')]);
    await write(work(10));
    expect(await at(90)).toEqual(['x{} 60=0.1']);
    await write(work(20));
    await write(work(61));
    await write({ ...work(20), type: 'memory:inuse_space:bytes:space:bytes' });
    expect(await at(150)).toEqual(['x{} 120=0.1']);
    expect(counted.late).toBe(1);
  });

  test('rules of a tenant share one reading, and each tenant sees its own profiles', async () => {
    const rules = [
      ruleOf('x'),
      ruleOf('y', { groupBy: ['pod'] }),
      ruleOf('z', { functions: { text: 'work', isPattern: false, mode: 'self' } }),
      ruleOf('x', {}, 'other'),
    ];
    const { at, write, reads } = rulesOver(rules, { tellsTenant: true });
    await write(work(10));
    await write(work(10, 'a', 300), 'other');
    expect(await at(90)).toEqual([
      'x{tenant="anonymous"} 60=0.1',
      'x{tenant="other"} 60=0.2',
      'y{pod="a",tenant="anonymous"} 60=0.1',
      'z{tenant="anonymous"} 60=0.1',
    ]);
    // The samples that are read for z have the profiles of x and y too.
    expect(reads()).toBe(2);
  });

  test('minutes that nobody wrote into are passed over without a reading', async () => {
    const { at, write, reads } = rulesOver([ruleOf('x')]);
    await write(work(10));
    await at(90);
    const before = reads();
    for (let minute = 2; minute < 8; minute++) expect(await at(minute * 60 + 30)).toEqual([]);
    expect(reads()).toBe(before);
    await write(work(500));
    expect(await at(570)).toEqual(['x{} 540=0.1']);
  });

  test('after a pause, as of a machine that slept, all minutes follow in order', async () => {
    const { at, write } = rulesOver([ruleOf('x')]);
    for (let minute = 0; minute < 25; minute++) await write(work(minute * 60 + 10, 'a', 150 + minute));
    const lines = await at(25 * 60 + 30);
    const times = lines.flatMap((line) => [...line.matchAll(/(\d+)=/g)].map(([, time]) => Number(time)));
    expect(times.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, minute) => (minute + 1) * 60));
  });
});

describe('a new rule', () => {
  test('is filled back as far as it may, in order, and not beyond the first profile', async () => {
    const { at, write, book } = rulesOver([], { backfillSeconds: 300 });
    for (let minute = 0; minute < 10; minute++) await write(work(minute * 60 + 10, 'a', 150 + 15 * minute));
    book.set('anonymous', [ruleOf('x')]);
    expect(await at(630)).toEqual(['x{} 360=0.15 420=0.16 480=0.17 540=0.18 600=0.19']);
    const all = rulesOver([ruleOf('x')], { backfillSeconds: Infinity });
    await all.write(work(-3_000));
    expect(await all.at(90)).toEqual(['x{} -3000=0.1']);
  });

  test('does not keep those waiting that are up to date', async () => {
    const { at, write, book, evaluator, names } = rulesOver([ruleOf('old')]);
    for (let minute = 0; minute < 40; minute++) await write(work(minute * 60 + 10));
    await at(40 * 60 + 30);
    await write(work(40 * 60 + 10));
    book.set('anonymous', [...book.rulesOf('anonymous'), ruleOf('new')]);
    await at(41 * 60 + 30);
    expect(names()).toEqual(['old', ...Array.from({ length: 5 }, () => 'new')]);
    expect(evaluator.lagSeconds()).toBe(0);
  });

  test('with another name begins anew, with another group goes on', async () => {
    const { at, write, book } = rulesOver([ruleOf('x')]);
    await write(work(10));
    await at(90);
    await write(work(70));
    book.set('anonymous', [ruleOf('x', { groupBy: ['pod'] })]);
    expect(await at(150)).toEqual(['x{pod="a"} 120=0.1']);
    book.set('anonymous', [ruleOf('x', { name: 'profiles_recorded_renamed' })]);
    expect(await at(151)).toEqual(['renamed{} 60=0.1 120=0.1']);
  });
});

describe('a restart', () => {
  test('goes on where it was, and makes up for what it missed', async () => {
    const subject = rulesOver([ruleOf('x')]);
    await subject.write(work(10));
    expect(await subject.at(90)).toEqual(['x{} 60=0.1']);
    await subject.write(work(70));
    const again = subject.restart([ruleOf('x')], 200);
    await again.write(work(130));
    expect(await again.at(210)).toEqual(['x{} 120=0.1 180=0.1']);
    expect(await again.restart([ruleOf('x')], 220).at(220)).toEqual([]);
  });

  test('leaves out what is older than it may send, and counts it', async () => {
    const subject = rulesOver([ruleOf('x')], { backfillSeconds: 600 });
    await subject.write(work(10));
    await subject.at(90);
    await subject.write(work(70));
    const again = subject.restart([ruleOf('x')], 1_290);
    await again.write(work(1_210));
    expect(await again.at(1_290)).toEqual(['x{} 1260=0.1']);
    expect(again.counted.skipped).toBe(10);
    expect(again.log.join('')).toContain('--rule-backfill');
  });

  test('with a clock that was years ahead does not wait for them', async () => {
    const subject = rulesOver([ruleOf('x')]);
    await subject.write(work(10));
    await subject.at(1e8);
    const again = subject.restart([ruleOf('x')], 30);
    await again.at(90);
    await again.write(work(100));
    expect(await again.at(150)).toEqual(['x{} 120=0.1']);
  });
});

describe('a clock that was a day ahead and is set right', () => {
  test('does not hold the rules up until then', async () => {
    const { at, write, evaluator, counted } = rulesOver([ruleOf('x')]);
    await write(work(10));
    expect(await at(90)).toEqual(['x{} 60=0.1']);
    await write(work(86_410));
    await at(86_490);
    await at(90);
    await write(work(100));
    expect(await at(150)).toEqual(['x{} 120=0.1']);
    expect(evaluator.lastValues('anonymous').map(({ timeMillis }) => timeMillis - noonMillis)).toEqual([120_000]);
    expect(counted.late).toBe(0);
  });
});

describe('what refuses', () => {
  test('a sink that is full gets the same samples later, and nothing is left out', async () => {
    const subject = rulesOver([ruleOf('x')]);
    await subject.write(work(10));
    subject.refusal = new InputError('unavailable', 'the queue is full');
    await expect(subject.at(90)).rejects.toThrow('the queue is full');
    await subject.write(work(70));
    await expect(subject.at(150)).rejects.toThrow('the queue is full');
    expect(subject.evaluator.lagSeconds()).toBe(120);
    subject.refusal = undefined;
    expect(await subject.at(151)).toEqual(['x{} 60=0.1 120=0.1']);
  });

  test('a rule that is too large at once is evaluated minute by minute, and loses those that are too large', async () => {
    const functions = { text: '.*', isPattern: true, mode: 'self' } as const;
    const rules = [ruleOf('all', { functions, groupBy: ['function'] }), ruleOf('x')];
    const subject = rulesOver(rules, { limits: { mostSeries: 1, mostPoints: 1_000 } });
    const many = Array.from({ length: 11 }, (_, i) => `f${i} 1`);
    await subject.write({ seconds: 10, folded: ['f0 150'] });
    await subject.write({ seconds: 70, folded: many });
    await subject.write({ seconds: 130, folded: ['f0 150'] });
    const lines = await subject.at(210);
    expect(lines.filter((line) => line.startsWith('all'))).toEqual([
      'all{function="f0"} 180=0.1',
      'all{function="f0"} 60=0.1',
    ]);
    expect(lines).toContain('x{} 60=0.1 120=0.00733333 180=0.1');
    expect(subject.counted.failed).toBe(1);
  });

  test('series beyond the budget are dropped, counted, and told once; those that were first stay', async () => {
    const subject = rulesOver([ruleOf('x', { groupBy: ['pod'] })], { seriesPerRule: 2 });
    await subject.write(work(10, 'a'));
    await subject.write(work(10, 'b'));
    await subject.at(90);
    for (const pod of ['a', 'b', 'c', 'd']) await subject.write(work(70, pod));
    expect(await subject.at(150)).toEqual(['x{pod="a"} 120=0.1', 'x{pod="b"} 120=0.1']);
    await subject.write(work(130, 'e'));
    expect(await subject.at(210)).toEqual([]);
    expect(subject.counted.dropped).toBe(3);
    expect(subject.log.filter((line) => line.includes('--max-series-per-rule'))).toHaveLength(1);
    // After a day without a sample a series counts no more.
    await subject.write(work(90_010, 'f'));
    expect(await subject.at(90_090)).toEqual(['x{pod="f"} 90060=0.1']);
  });
});

describe('the last values', () => {
  test('are there without a sink too, with their time, until five minutes later', async () => {
    const { at, write, evaluator, reads } = rulesOver([ruleOf('x', { groupBy: ['pod'] })], { hasSink: false });
    await write(work(10));
    await write(work(70));
    await write(work(10, 'b'));
    const values = () =>
      evaluator
        .lastValues('anonymous')
        .map(({ labels, timeMillis, value }) => [
          labels.at(-1)?.value,
          (timeMillis - noonMillis) / 1_000,
          Number(value.toPrecision(6)),
        ]);
    await at(90);
    await at(150);
    expect(values()).toEqual([
      ['a', 120, 0.1],
      ['b', 60, 0.1],
    ]);
    expect(evaluator.lastValues('other')).toEqual([]);
    await at(390);
    expect(values()).toEqual([['a', 120, 0.1]]);
    await at(450);
    expect(values()).toEqual([]);
    expect(reads()).toBe(2);
  });

  test('go with their rule', async () => {
    const { at, write, evaluator, book } = rulesOver([ruleOf('x')]);
    await write(work(10));
    await at(90);
    expect(evaluator.lastValues('anonymous')).toHaveLength(1);
    book.set('anonymous', []);
    await at(91);
    expect(evaluator.lastValues('anonymous')).toEqual([]);
  });
});

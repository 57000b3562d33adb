/** What every implementation of Documents must do, as tests: one call per implementation. */
import { InputError } from '../errors.ts';
import type { DocumentPlace, Documents } from './documents.ts';

export interface DocumentsSubject {
  readonly open: () => Promise<Documents>;
  /** The same documents as after a restart; undefined where nothing outlives the process. */
  readonly reopen?: () => Promise<Documents>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (read: Uint8Array | undefined): string | undefined =>
  read === undefined ? undefined : new TextDecoder().decode(read);
const place = (tenant: string, name = 'all'): DocumentPlace => ({ tenant, kind: 'settings', name });

export function documentsContract(kind: string, { open, reopen }: DocumentsSubject): void {
  describe(`documents ${kind}`, () => {
    let documents: Documents;
    beforeAll(async () => {
      documents = await open();
    });

    test('what was put is read, listed with its size, replaced and removed', async () => {
      const at = place('life');
      expect(await documents.read(at)).toBeUndefined();
      await documents.update(at, (now) => (now === undefined ? bytes('one') : undefined));
      expect(text(await documents.read(at))).toBe('one');
      expect(await documents.list('life', 'settings')).toEqual([{ name: 'all', bytes: 3 }]);
      await documents.update(at, (now) => bytes(`${text(now)} and two`));
      expect(text(await documents.read(at))).toBe('one and two');
      await documents.update(at, () => undefined);
      await documents.update(at, () => undefined);
      expect(await documents.read(at)).toBeUndefined();
      expect(await documents.list('life', 'settings')).toEqual([]);
    });

    test('an empty document is a document', async () => {
      await documents.update(place('empty'), () => new Uint8Array(0));
      expect(text(await documents.read(place('empty')))).toBe('');
    });

    test('names stand in byte order, and only those of the tenant and the kind', async () => {
      for (const name of ['b', 'B', 'a.json', 'a-1']) await documents.update(place('order', name), () => bytes(name));
      await documents.update({ ...place('order', 'else'), kind: 'adhoc_head' }, () => bytes('x'));
      await documents.update(place('order2', 'other'), () => bytes('x'));
      const listed = await documents.list('order', 'settings');
      expect(listed.map(({ name }) => name)).toEqual(['B', 'a-1', 'a.json', 'b']);
    });

    test('tenants whose names look like paths or like each other are kept apart', async () => {
      const tenants = ['..', '.', 'Team', 'team', 'te%61m', 'a/b', 'a', "!-_.*'()", 'ü'];
      for (const tenant of tenants) await documents.update(place(tenant), () => bytes(tenant));
      for (const tenant of tenants) {
        expect(text(await documents.read(place(tenant)))).toBe(tenant);
        expect(await documents.list(tenant, 'settings')).toHaveLength(1);
      }
      expect(await documents.tenants('settings')).toEqual(expect.arrayContaining(tenants));
    });

    test('tenants are listed in byte order, of the kind alone', async () => {
      for (const tenant of ['b', 'Ä', 'A']) {
        await documents.update({ ...place(tenant), kind: 'recording_rules' }, () => bytes(tenant));
      }
      expect(await documents.tenants('recording_rules')).toEqual(['A', 'b', 'Ä']);
      expect(await documents.tenants('rule_positions')).toEqual([]);
    });

    for (const name of ['', '.', '..', '../x', 'a/b', '.hidden', 'a\0', 'x'.repeat(201)]) {
      test(`${JSON.stringify(name.slice(0, 9))} is no name of a document`, async () => {
        const ask = async (): Promise<unknown> => documents.read(place('names', name));
        await expect(ask()).rejects.toThrow('a document name');
        const change = async (): Promise<unknown> => documents.update(place('names', name), () => bytes('x'));
        await expect(change()).rejects.toThrow('a document name');
      });
    }

    test('changes of one place wait for each other, so none is lost', async () => {
      const at = place('turns');
      const change = (now: Uint8Array | undefined): Uint8Array => bytes(String(Number(text(now) ?? 0) + 1));
      await Promise.all(Array.from({ length: 20 }, () => documents.update(at, change)));
      expect(text(await documents.read(at))).toBe('20');
    });

    test('a change that is refused changes nothing and holds up nobody', async () => {
      const at = place('refused');
      await documents.update(at, () => bytes('kept'));
      const refused = documents.update(at, () => {
        throw new InputError('already_exists', 'no');
      });
      const next = documents.update(at, (now) => bytes(`${text(now)}, then more`));
      await expect(refused).rejects.toThrow('no');
      await next;
      expect(text(await documents.read(at))).toBe('kept, then more');
    });

    test('what a caller does to its bytes afterwards does not change the document', async () => {
      const at = place('copies');
      const given = bytes('abc');
      await documents.update(at, () => given);
      given.fill(0);
      (await documents.read(at))?.fill(0);
      expect(text(await documents.read(at))).toBe('abc');
    });

    (reopen === undefined ? test.skip : test)('they are there again after a restart', async () => {
      const large = new Uint8Array(2_000_000).fill(7);
      await documents.update(place('Kept', 'large.bin'), () => large);
      await documents.update(place('Kept', 'gone'), () => bytes('x'));
      await documents.update(place('Kept', 'gone'), () => undefined);
      if (reopen !== undefined) documents = await reopen();
      expect(await documents.list('Kept', 'settings')).toEqual([{ name: 'large.bin', bytes: 2_000_000 }]);
      expect(Buffer.compare((await documents.read(place('Kept', 'large.bin'))) ?? bytes(''), large)).toBe(0);
    });
  });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../log.ts';
import { storeContract } from '../storeContract.ts';
import type { Store } from '../store.ts';
import { openClickHouseStore } from './openClickHouseStore.ts';
import type { ClickHouseStoreOptions } from './openClickHouseStore.ts';

const root = mkdtempSync(join(tmpdir(), 'pyrolens-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Options = Omit<ClickHouseStoreOptions, 'dataDir' | 'log'>;
const opened = new Map<Store, { readonly dataDir: string; readonly options: Options }>();
let count = 0;

async function open(options: Options = {}, dataDir = join(root, `${count++}`)): Promise<Store> {
  const store = await openClickHouseStore({ dataDir, log: createLog(() => undefined), ...options });
  opened.set(store, { dataDir, options });
  return store;
}

storeContract('chdb', {
  open,
  reopen: async (store) => {
    await store.close();
    const { dataDir, options } = opened.get(store) ?? { dataDir: '', options: {} };
    return open(options, dataDir);
  },
});

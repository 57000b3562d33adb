import { storeContract } from '../storeContract.ts';
import { openMemoryStore } from './openMemoryStore.ts';

storeContract('memory', { open: (options) => Promise.resolve(openMemoryStore(options)) });

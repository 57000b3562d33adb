import { documentsContract } from './documentsContract.ts';
import { createMemoryDocuments } from './memoryDocuments.ts';

documentsContract('in memory', { open: () => Promise.resolve(createMemoryDocuments()) });

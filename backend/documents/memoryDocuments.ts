/** Documents that end with the process; goes with the store in memory. */
import { compareText } from '../model/labels.ts';
import { checkDocumentName } from './documents.ts';
import type { DocumentKind, DocumentPlace, Documents } from './documents.ts';
import { Turns } from './turns.ts';

export function createMemoryDocuments(): Documents {
  const folders = new Map<string, Map<string, Uint8Array>>();
  const turns = new Turns();
  const folderOf = (tenant: string, kind: DocumentKind): Map<string, Uint8Array> =>
    folders.get(`${kind}/${tenant}`) ?? new Map<string, Uint8Array>();
  // Copies go out and in, so that nobody changes what is kept by keeping a reference.
  const read = ({ tenant, kind, name }: DocumentPlace): Uint8Array | undefined =>
    folderOf(tenant, kind).get(name)?.slice();
  return {
    read: (place) => {
      checkDocumentName(place.name);
      return Promise.resolve(read(place));
    },
    tenants: (kind) =>
      Promise.resolve(
        [...folders.keys()]
          .flatMap((key) => (key.startsWith(`${kind}/`) ? [key.slice(kind.length + 1)] : []))
          .sort(compareText),
      ),
    list: (tenant, kind) =>
      Promise.resolve(
        [...folderOf(tenant, kind)]
          .map(([name, { length }]) => ({ name, bytes: length }))
          .sort((a, b) => compareText(a.name, b.name)),
      ),
    update: (place, change) => {
      const { tenant, kind, name } = place;
      checkDocumentName(name);
      return turns.run(`${kind}/${tenant}/${name}`, () => {
        const next = change(read(place));
        const folder = folderOf(tenant, kind);
        folders.set(`${kind}/${tenant}`, folder);
        if (next === undefined) folder.delete(name);
        else folder.set(name, next.slice());
        return Promise.resolve();
      });
    },
  };
}

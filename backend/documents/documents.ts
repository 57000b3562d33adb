/**
 * Small things that people keep on the server: settings, rules, uploaded profiles. They live as long as the data directory
 * does, and no retention touches them.
 *
 * Shape:  bytes under (tenant, kind, name). Two implementations: files in the data directory and the plain one in memory;
 *         documentsContract holds both to the same behaviour. What the bytes mean is the caller's.
 * Errors: InputError 'unavailable' when the disk refuses (full, read-only).
 */
import { invariant } from '../errors.ts';

/** Names of folders too, so they change with a new storage version only. */
export type DocumentKind = 'settings' | 'recording_rules' | 'rule_positions' | 'adhoc_profile' | 'adhoc_head';

export interface DocumentPlace {
  readonly tenant: string;
  readonly kind: DocumentKind;
  /** [A-Za-z0-9_-] first, then also dots; at most 200. */
  readonly name: string;
}

export interface DocumentEntry {
  readonly name: string;
  readonly bytes: number;
}

export interface Documents {
  /** undefined: there is none. */
  read(place: DocumentPlace): Promise<Uint8Array | undefined>;
  /** Those that have, or had, documents of the kind; in byte order. */
  tenants(kind: DocumentKind): Promise<readonly string[]>;
  /** In byte order of the names. */
  list(tenant: string, kind: DocumentKind): Promise<readonly DocumentEntry[]>;
  /**
   * Puts what `change` makes of what is there; undefined is none, both ways. Resolves when it survives a power cut. Changes of
   * a place run one after the other; when `change` throws, nothing has changed and the caller gets the error.
   */
  update(place: DocumentPlace, change: (now: Uint8Array | undefined) => Uint8Array | undefined): Promise<void>;
}

export const isDocumentName = (name: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/.test(name);

export function checkDocumentName(name: string): void {
  invariant(isDocumentName(name), `a document name: ${JSON.stringify(name)}`);
}

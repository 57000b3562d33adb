/**
 * Files of profiles that people upload, kept as documents: the bytes as they came, and beside them a head with the name and the
 * time, so that a list reads no profile.
 *
 * Shape:  the id is a ULID, "-" and the name with other characters as "_". The head is written last: what has one is whole.
 * Errors: invalid_argument for an id of other characters, not_found, resource_exhausted past the limits.
 * Source: reference pyroscope-api 1.12 and correction 18.
 */
import { randomBytes } from 'node:crypto';
import { create, fromJsonString, toJsonString } from '@bufbuild/protobuf';
import { isDocumentName } from '../../documents/documents.ts';
import type { Documents } from '../../documents/documents.ts';
import { Turns } from '../../documents/turns.ts';
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { ulid } from '../../model/ulid.ts';
import { AdHocProfilesProfileMetadataSchema } from '../../wire/pyroscope/gen/adhocprofiles/v1/adhocprofiles_pb.js';
import type { AdHocProfilesProfileMetadata } from '../../wire/pyroscope/gen/adhocprofiles/v1/adhocprofiles_pb.js';

export interface AdhocFile {
  readonly head: AdHocProfilesProfileMetadata;
  readonly bytes: Uint8Array;
}

export interface AdhocFiles {
  add(tenant: string, name: string, bytes: Uint8Array): Promise<AdHocProfilesProfileMetadata>;
  read(tenant: string, id: string): Promise<AdhocFile>;
  /** Newest first. */
  list(tenant: string): Promise<readonly AdHocProfilesProfileMetadata[]>;
}

export interface AdhocFilesOptions {
  readonly documents: Documents;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const longestName = 1_000;
const longestNameInId = 150;

export function createAdhocFiles({ documents, limits, now }: AdhocFilesOptions): AdhocFiles {
  // Of a tenant one upload is kept after the other, so that none slips past the limits beside another.
  const turns = new Turns();
  const bytesAt = (tenant: string, name: string) => ({ tenant, kind: 'adhoc_profile', name }) as const;
  const headAt = (tenant: string, name: string) => ({ tenant, kind: 'adhoc_head', name }) as const;
  const readHead = async (tenant: string, id: string): Promise<AdHocProfilesProfileMetadata | undefined> => {
    const bytes = await documents.read(headAt(tenant, id));
    return bytes && fromJsonString(AdHocProfilesProfileMetadataSchema, new TextDecoder().decode(bytes));
  };
  return {
    add: (tenant, name, bytes) =>
      turns.run(tenant, async () => {
        if (name.length > longestName)
          throw new InputError('invalid_argument', `the name is longer than ${longestName} characters`);
        await checkRoom(documents, tenant, bytes.length, limits);
        const millis = now();
        const id = `${ulid(millis, randomBytes(16))}-${name.replaceAll(/[^a-zA-Z0-9_.-]/g, '_').slice(0, longestNameInId)}`;
        const head = create(AdHocProfilesProfileMetadataSchema, { id, name, uploadedAt: BigInt(millis) });
        const headBytes = new TextEncoder().encode(toJsonString(AdHocProfilesProfileMetadataSchema, head));
        await documents.update(bytesAt(tenant, id), () => bytes);
        await documents.update(headAt(tenant, id), () => headBytes);
        return head;
      }),
    read: async (tenant, id) => {
      if (!/^[a-zA-Z0-9_.-]+$/.test(id)) {
        const told = id.slice(0, 200);
        throw new InputError('invalid_argument', `id '${told}' is invalid: can only contain [a-zA-Z0-9_-.]`);
      }
      if (!isDocumentName(id)) throw notFound(id);
      const head = await readHead(tenant, id);
      const bytes = await documents.read(bytesAt(tenant, id));
      if (head === undefined || bytes === undefined) throw notFound(id);
      return { head, bytes };
    },
    list: async (tenant) => {
      const heads: AdHocProfilesProfileMetadata[] = [];
      for (const { name } of await documents.list(tenant, 'adhoc_head')) {
        const head = await readHead(tenant, name);
        if (head !== undefined) heads.push(head);
      }
      // Listed by id, which is by time.
      return heads.reverse();
    },
  };
}

const notFound = (id: string): InputError => new InputError('not_found', `profile ${id} not found`);

async function checkRoom(documents: Documents, tenant: string, bytes: number, limits: Limits): Promise<void> {
  const there = await documents.list(tenant, 'adhoc_profile');
  if (there.length >= limits.adhocProfiles) {
    throw new InputError(
      'resource_exhausted',
      `there are ${there.length} uploaded profiles, the limit is ${limits.adhocProfiles} (--max-adhoc-profiles)`,
    );
  }
  const total = there.reduce((sum, entry) => sum + entry.bytes, bytes);
  if (total > limits.adhocBytes) {
    throw new InputError(
      'resource_exhausted',
      `all uploaded profiles would be ${total} bytes, the limit is ${limits.adhocBytes} (--max-adhoc-size)`,
    );
  }
}

/**
 * A message that is kept as a document of each tenant: the stored form is the message's own JSON, so that people can read it
 * and a field that is added later does no harm.
 *
 * Errors: a document that is no such message is nobody's input: an error that names it.
 */
import { create, fromJsonString, toJsonString } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { DocumentKind, DocumentPlace, Documents } from '../../documents/documents.ts';

export interface MessageDocument<Message> {
  /** An empty message when there is none. */
  read(tenant: string): Promise<Message>;
  update(tenant: string, change: (now: Message) => Message): Promise<void>;
}

export function messageDocument<Desc extends DescMessage>(
  documents: Documents,
  kind: DocumentKind,
  schema: Desc,
): MessageDocument<MessageShape<Desc>> {
  const placeOf = (tenant: string): DocumentPlace => ({ tenant, kind, name: 'all.json' });
  const parse = (tenant: string, bytes: Uint8Array | undefined): MessageShape<Desc> => {
    if (bytes === undefined) return create(schema);
    try {
      return fromJsonString(schema, new TextDecoder().decode(bytes), { ignoreUnknownFields: true });
    } catch (error) {
      // The parser's error alone would not say which file.
      throw new Error(`the document ${kind} of tenant ${tenant} cannot be read`, { cause: error });
    }
  };
  return {
    read: async (tenant) => parse(tenant, await documents.read(placeOf(tenant))),
    update: (tenant, change) =>
      documents.update(placeOf(tenant), (now) =>
        new TextEncoder().encode(toJsonString(schema, change(parse(tenant, now)))),
      ),
  };
}

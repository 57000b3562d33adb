/**
 * Takes the parts out of a multipart/form-data body.
 *
 * Shape:  name of the field -> bytes; of a name that stands twice the last one counts. Parts are slices of the body. The
 *         platform's own parser (Response.formData) makes text of parts without a file name, and SDKs send pprof so.
 * Errors: InputError invalid_argument with the byte offset.
 * Source: RFC 7578, RFC 2046 5.1.
 */
import { InputError } from '../errors.ts';

const mostParts = 32;
const longestPartHead = 8_192;
const headEnd = Buffer.from('\r\n\r\n');

export const isMultipart = (contentType: string): boolean => /^\s*multipart\/form-data\s*(;|$)/i.test(contentType);

export function readMultipart(body: Uint8Array, contentType: string): ReadonlyMap<string, Uint8Array> {
  const given = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
  const boundary = given?.[1] ?? given?.[2];
  if (boundary === undefined)
    throw new InputError('invalid_argument', 'multipart: the content type has no boundary', 'malformed_profile');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const first = Buffer.from(`--${boundary}`, 'latin1');
  const next = Buffer.from(`\r\n--${boundary}`, 'latin1');
  const parts = new Map<string, Uint8Array>();
  let at = bytes.indexOf(first);
  if (at < 0) throw wrongPart(0, 'no part begins');
  at += first.length;
  for (let i = 0; ; i++) {
    // "--" behind a boundary ends the body; other bytes up to the line's end are padding.
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return parts;
    if (i >= mostParts) throw wrongPart(at, `more than ${mostParts} parts`);
    const headStop = bytes.indexOf(headEnd, at);
    if (headStop < 0 || headStop - at > longestPartHead) throw wrongPart(at, 'a part without the end of its head');
    const start = headStop + headEnd.length;
    const stop = bytes.indexOf(next, start);
    if (stop < 0) throw wrongPart(at, 'a part without an end');
    const name = fieldName(bytes.toString('utf8', at, headStop));
    if (name !== undefined) parts.set(name, bytes.subarray(start, stop));
    at = stop + next.length;
  }
}

function fieldName(head: string): string | undefined {
  const line = /^content-disposition:(.*)$/im.exec(head)?.[1];
  const name = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(line ?? '');
  return name?.[1] ?? name?.[2];
}

const wrongPart = (offset: number, what: string): InputError =>
  new InputError('invalid_argument', `multipart, byte ${offset}: ${what}`, 'malformed_profile');

/**
 * Writes an ExportProfilesServiceResponse: empty when everything was taken, else partial_success with what was not, and why.
 *
 * Shape:  a part of which samples were lost counts as a rejected profile; a part of which none were is a warning.
 * Source: opentelemetry-proto collector/profiles/v1development/profiles_service.proto at 7c63f7b; OTLP specification,
 *         "Partial Success": 0 rejected with a message is a warning, and 64-bit numbers are text in JSON.
 */
import type { LeftOut } from '../../model/labelledProfile.ts';
import { ProtoWriter } from '../protoWriter.ts';

/** A message is for a person: the first reasons tell what the others would. */
const mostMessages = 5;
const mostMessageLength = 500;

export interface OtlpAnswer {
  readonly protobuf: Uint8Array;
  readonly json: string;
}

export function writeOtlpAnswer(leftOut: readonly LeftOut[]): OtlpAnswer {
  if (leftOut.length === 0) return { protobuf: new Uint8Array(0), json: '{}' };
  const rejected = leftOut.filter(({ samples }) => samples > 0).length;
  const errorMessage = errorMessageOf(leftOut);
  const partial = new ProtoWriter();
  if (rejected > 0) {
    partial.tag(1, 0);
    partial.varint(BigInt(rejected));
  }
  partial.text(2, errorMessage);
  const answer = new ProtoWriter();
  answer.bytes(1, partial.finish());
  const partialSuccess = { ...(rejected > 0 ? { rejectedProfiles: String(rejected) } : {}), errorMessage };
  return { protobuf: answer.finish(), json: JSON.stringify({ partialSuccess }) };
}

function errorMessageOf(leftOut: readonly LeftOut[]): string {
  const messages = [...new Set(leftOut.map(({ reason, message }) => `${reason}: ${message}`))];
  const told = messages.slice(0, mostMessages).map((message) => message.slice(0, mostMessageLength));
  const rest = messages.length - told.length;
  return rest > 0 ? `${told.join('; ')}; and ${rest} more` : told.join('; ');
}

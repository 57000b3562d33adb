/**
 * The two ways to fail. Whoever reads input throws InputError; a broken assumption of our own fails an invariant. Only
 * http/ turns either into a status.
 *
 * Source: the codes are Connect's (connectrpc.com/docs/protocol, Error Codes).
 */

export type ErrorCode =
  | 'invalid_argument'
  | 'unauthenticated'
  | 'not_found'
  | 'already_exists'
  | 'failed_precondition'
  | 'payload_too_large'
  | 'resource_exhausted'
  | 'canceled'
  | 'unimplemented'
  | 'unavailable'
  | 'deadline_exceeded';

/** Why data was not kept; the label `reason` of pyrolens_discarded_*. The names are Pyroscope's where it has one. */
export type DiscardReason =
  | 'malformed_profile'
  | 'invalid_labels'
  | 'missing_labels'
  | 'max_label_names_per_series'
  | 'label_name_too_long'
  | 'label_value_too_long'
  | 'duplicate_label_names'
  | 'not_in_ingestion_window'
  | 'profile_size_limit'
  | 'samples_limit'
  | 'sample_labels_limit'
  | 'body_size_limit_exceeded'
  | 'invalid_sample_label'
  | 'invalid_span_id'
  | 'negative_value';

export class InputError extends Error {
  readonly code: ErrorCode;
  readonly reason: DiscardReason | undefined;

  constructor(code: ErrorCode, message: string, reason?: DiscardReason) {
    super(message);
    this.name = 'InputError';
    this.code = code;
    this.reason = reason;
  }
}

export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/**
 * What a client says it can take, in parameters of its Accept header: `any/any;allow-utf8-labelnames=true`.
 *
 * Errors: InputError invalid_argument for a header that is not media types with key=value parameters.
 * Source: reference pyroscope-api 1.2 and correction 11.
 */
import { InputError } from '../errors.ts';

export interface ClientCapabilities {
  /** Without it, names that are not [a-zA-Z_][a-zA-Z0-9_]* are left out of LabelNames and Series. */
  readonly utf8LabelNames: boolean;
}

export function readClientCapabilities(accept: string | undefined): ClientCapabilities {
  let utf8LabelNames = false;
  for (const mediaType of (accept ?? '').split(',')) {
    const [, ...parameters] = mediaType.split(';').map((part) => part.trim());
    for (const parameter of parameters) {
      const equals = parameter.indexOf('=');
      if (equals <= 0) throw new InputError('invalid_argument', `Invalid header format: ${JSON.stringify(accept)}`);
      if (parameter.slice(0, equals).trim() === 'allow-utf8-labelnames') {
        utf8LabelNames ||= parameter.slice(equals + 1).trim() === 'true';
      }
    }
  }
  return { utf8LabelNames };
}

export const isLegacyLabelName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);

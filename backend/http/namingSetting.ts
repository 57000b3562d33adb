/** Refusals for size name what can be set: who reads bytes knows the limit, who asked for them knows where it comes from. */
import { InputError } from '../errors.ts';

const sizeReasons: ReadonlySet<string | undefined> = new Set(['body_size_limit_exceeded', 'profile_size_limit']);

export async function namingSetting<T>(setting: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withSetting(setting, error);
  }
}

/** The error itself when it is another one, or names a setting already. */
export function withSetting(setting: string, error: unknown): unknown {
  if (setting === '' || !(error instanceof InputError) || !sizeReasons.has(error.reason)) return error;
  if (error.message.includes('(--')) return error;
  return new InputError(error.code, `${error.message} (${setting})`, error.reason);
}

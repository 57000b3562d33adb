/** ENOSPC, ECONNREFUSED and the like, or what the error says of itself. By shape: errors of Node may come from another realm. */
export const errorCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : String(error);

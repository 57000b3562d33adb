/** CPU is what most people come for. */
export const preferredType = (ids: readonly string[]): string | undefined =>
  ids.find((id) => id.startsWith('process_cpu:cpu:')) ?? ids[0];

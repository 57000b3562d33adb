export const platforms: readonly string[];
export function addPluginBackend(options: {
  readonly from: string;
  readonly source: string;
  readonly outDir: string;
}): void;

/** What is running; the bundler puts the values in. */
import type { BuildInfo } from './http/metrics.ts';

declare const PYROLENS_VERSION: string | undefined;
declare const PYROLENS_REVISION: string | undefined;

export const buildInfo: BuildInfo = {
  version: typeof PYROLENS_VERSION === 'string' ? PYROLENS_VERSION : 'dev',
  revision: typeof PYROLENS_REVISION === 'string' ? PYROLENS_REVISION : 'unknown',
};

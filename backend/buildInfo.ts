/** What is running; the bundler puts the values in. */
export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
}

declare const PYROLENS_VERSION: string | undefined;
declare const PYROLENS_REVISION: string | undefined;

export const buildInfo: BuildInfo = {
  version: typeof PYROLENS_VERSION === 'string' ? PYROLENS_VERSION : 'dev',
  revision: typeof PYROLENS_REVISION === 'string' ? PYROLENS_REVISION : 'unknown',
};

/** Settings that a browser writes and never reads back. */
import type { DataSourceSettings } from '@grafana/data';
import type { DataSourceOptions, DataSourceSecrets } from '../data/profileQuery.ts';

export type Settings = DataSourceSettings<DataSourceOptions, DataSourceSecrets>;
export type SecretKey = keyof DataSourceSecrets;

export interface SectionProps {
  readonly options: Settings;
  readonly onChange: (options: Settings) => void;
}

export const isKept = ({ secureJsonFields }: Settings, key: SecretKey): boolean => secureJsonFields[key] === true;

export const withSecret = (options: Settings, key: SecretKey, value: string): Settings => ({
  ...options,
  secureJsonData: { ...options.secureJsonData, [key]: value },
});

/** The kept one is gone and can be typed anew. */
export const withoutSecret = (options: Settings, key: SecretKey): Settings => ({
  ...withSecret(options, key, ''),
  secureJsonFields: { ...options.secureJsonFields, [key]: false },
});

export const withOptions = (options: Settings, part: Partial<DataSourceOptions>): Settings => ({
  ...options,
  jsonData: { ...options.jsonData, ...part },
});

/**
 * settings.v1.SettingsService: values that a client keeps under a name, as Drilldown Profiles does with its options.
 *
 * Shape:  sorted by name. The newest `modifiedAt` wins; without one it is now.
 * Errors: already_exists for a value older than what is kept, payload_too_large past the limit: Connect's resource_exhausted would be tried again.
 * Source: reference pyroscope-api 1.11 and correction 17: a name may be empty, and such a setting cannot be deleted.
 */
import { create } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import type { Documents } from '../../documents/documents.ts';
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import { compareText } from '../../model/labels.ts';
import { GetSettingsResponseSchema, SettingSchema } from '../../wire/pyroscope/gen/settings/v1/setting_pb.js';
import type { Setting, SettingsService } from '../../wire/pyroscope/gen/settings/v1/setting_pb.js';
import { tenantIn } from '../tenant.ts';
import { messageDocument } from './messageDocument.ts';

export interface SettingsOptions {
  readonly documents: Documents;
  readonly limits: Limits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createSettingsService({
  documents,
  limits,
  now,
}: SettingsOptions): ServiceImpl<typeof SettingsService> {
  const kept = messageDocument(documents, 'settings', GetSettingsResponseSchema);
  return {
    get: async (_request, context) => kept.read(tenantIn(context)),
    set: async ({ setting }, context) => {
      if (setting === undefined) throw new InputError('invalid_argument', 'no setting values provided');
      const { name, value } = setting;
      const modifiedAt = setting.modifiedAt > 0n ? setting.modifiedAt : BigInt(now());
      const next = create(SettingSchema, { name, value, modifiedAt });
      await kept.update(tenantIn(context), ({ settings }) => {
        const there = settings.find((one) => one.name === name);
        if (there !== undefined && there.modifiedAt > modifiedAt)
          throw new InputError('already_exists', `failed to update ${name}: newer update already written`);
        const others = settings.filter((one) => one.name !== name);
        const all = [...others, next].sort((a, b) => compareText(a.name, b.name));
        checkSize(all, limits);
        return create(GetSettingsResponseSchema, { settings: all });
      });
      return { setting: next };
    },
    delete: async ({ name }, context) => {
      if (name === '') throw new InputError('invalid_argument', 'no setting name provided');
      await kept.update(tenantIn(context), ({ settings }) =>
        create(GetSettingsResponseSchema, { settings: settings.filter((one) => one.name !== name) }),
      );
      return {};
    },
  };
}

function checkSize(settings: readonly Setting[], { settingsBytes }: Limits): void {
  const bytes = settings.reduce((sum, { name, value }) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > settingsBytes) {
    throw new InputError(
      'payload_too_large',
      `settings of ${bytes} bytes are more than ${settingsBytes} (--max-settings-size)`,
    );
  }
}

/**
 * Writes a data frame as Grafana's SDK reads it.
 *
 * Shape:  an Arrow IPC file of one record batch. The schema's metadata has name, refId and meta; a field's has labels, config
 *         and tstype. No dictionaries, which the reader refuses: repeated texts are Grafana's enum, a uint16 column whose texts
 *         stand in the config; more texts than that numbers are plain text.
 * Units:  as the frame's; nanoseconds stay exact, as all of Int64.
 * Source: grafana-plugin-sdk-go v0.298.0, data/arrow.go; reference grafana-plugins 1.5 and 11.
 */
import { Batch, Column, Endianness, Table, TimeUnit, Version, float64, int64, tableToIPC } from '@uwdata/flechette';
import { timestamp, uint16, utf8 } from '@uwdata/flechette';
import { invariant } from '../errors.ts';
import type { DataFrame, FieldConfig, FrameField } from './dataFrame.ts';

type ArrowType = Column<unknown>['type'];

interface ArrowColumn {
  readonly type: ArrowType;
  readonly batch: Batch<unknown>;
  readonly config: FieldConfig | EnumConfig | undefined;
}

interface EnumConfig extends FieldConfig {
  readonly type: { readonly enum: { readonly text: readonly string[] } };
}

const mostEnumTexts = 65_536;
const isEnum = 'enum';
/** The encoder takes a column without this for one with gaps. */
const noGaps = new Uint8Array(0);

export function writeArrowFrame({ name, refId, meta, fields }: DataFrame): Uint8Array {
  const columns = fields.map(columnOf);
  const schema = {
    version: Version.V5,
    endianness: Endianness.Little,
    fields: fields.map((field, i) => ({
      name: field.name,
      type: columns[i]?.type ?? utf8(),
      nullable: false,
      metadata: metadataOf(field, columns[i]?.config),
    })),
    metadata: new Map([
      ['name', name],
      ['refId', refId],
      ['meta', JSON.stringify(meta)],
    ]),
    dictionaryTypes: new Map(),
  };
  const table = new Table(
    schema,
    columns.map(({ type, batch }) => new Column([batch], type)),
  );
  const bytes = tableToIPC(table, { format: 'file' });
  invariant(bytes !== null, 'a table becomes bytes');
  return bytes;
}

function metadataOf({ labels }: FrameField, config: ArrowColumn['config']): Map<string, string> {
  return new Map([
    ...(labels === undefined ? [] : [['labels', JSON.stringify(labels)] as const]),
    ...(config === undefined ? [] : [['config', JSON.stringify(config)] as const]),
    ...(config !== undefined && 'type' in config ? [['tstype', isEnum] as const] : []),
  ]);
}

function columnOf(field: FrameField): ArrowColumn {
  const { config } = field;
  switch (field.kind) {
    case 'time':
      return { ...plainColumn(timestamp(TimeUnit.NANOSECOND), field.values), config };
    case 'float':
      return { ...plainColumn(float64(), field.values), config };
    case 'int':
      return { ...plainColumn(int64(), field.values), config };
    case 'text':
      return { ...textColumn(field.values), config };
    case 'choice': {
      const { texts, values } = field;
      if (texts.length > mostEnumTexts) return { ...textColumn([...values].map((i) => texts[i] ?? '')), config };
      return {
        ...plainColumn(uint16(), Uint16Array.from(values)),
        config: { ...config, type: { enum: { text: texts } } },
      };
    }
  }
}

type PlainValues = BigInt64Array | Float64Array | Uint16Array;

const plainColumn = (type: ArrowType, values: PlainValues): Omit<ArrowColumn, 'config'> => ({
  type,
  batch: new Batch({ length: values.length, nullCount: 0, type, values, validity: noGaps }),
});

function textColumn(texts: readonly string[]): Omit<ArrowColumn, 'config'> {
  const type = utf8();
  const offsets = new Int32Array(texts.length + 1);
  const parts = texts.map((text) => Buffer.from(text));
  let at = 0;
  for (const [i, part] of parts.entries()) offsets[i + 1] = at += part.length;
  invariant(at < 2 ** 31, 'the texts of a column fit 32-bit offsets');
  const values = new Uint8Array(Buffer.concat(parts, at));
  return { type, batch: new Batch({ length: texts.length, nullCount: 0, type, values, offsets, validity: noGaps }) };
}

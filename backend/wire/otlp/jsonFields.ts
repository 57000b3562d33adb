/**
 * The names that fields have in OTLP/JSON, and the numbers that they have in protobuf. Only what the reader uses.
 *
 * Shape:  names in lowerCamelCase. From 1.8 to 1.11 the names are the same but for sample/samples and line/lines; the numbers
 *         are those of 1.10. 1.7 has fields of its own and so a table of its own.
 * Source: opentelemetry-proto v1.7.0 to main at 7c63f7b; OTLP specification, "JSON Protobuf Encoding".
 */
export type JsonRule =
  | { readonly kind: 'message'; readonly number: number; readonly fields: JsonFields; readonly repeated: boolean }
  | { readonly kind: 'integer' | 'time'; readonly number: number; readonly repeated: boolean }
  | { readonly kind: 'text' | 'id'; readonly number: number; readonly repeated: boolean };

export type JsonFields = Readonly<Record<string, JsonRule>>;

type ScalarKind = Exclude<JsonRule['kind'], 'message'>;

const one = (number: number, kind: ScalarKind = 'integer'): JsonRule => ({ kind, number, repeated: false });
const many = (number: number, kind: ScalarKind = 'integer'): JsonRule => ({ kind, number, repeated: true });
const message = (number: number, fields: JsonFields): JsonRule => ({
  kind: 'message',
  number,
  fields,
  repeated: false,
});
const messages = (number: number, fields: JsonFields): JsonRule => ({
  kind: 'message',
  number,
  fields,
  repeated: true,
});

const plainValue: JsonFields = { stringValue: one(1, 'text'), intValue: one(3), stringValueStrindex: one(8) };
// Of lists only a single entry is read, so they need not nest.
const anyValue: JsonFields = { ...plainValue, arrayValue: message(5, { values: messages(1, plainValue) }) };
const keyValue: JsonFields = { key: one(1, 'text'), value: message(2, anyValue), keyStrindex: one(3) };
const keyValueAndUnit: JsonFields = { keyStrindex: one(1), value: message(2, anyValue) };
const valueType: JsonFields = { typeStrindex: one(1), unitStrindex: one(2) };
const line: JsonFields = { functionIndex: one(1), line: one(2), column: one(3) };

const tables = (locationAttributes: number): JsonFields => ({
  mappingTable: messages(1, {
    memoryStart: one(1),
    memoryLimit: one(2),
    fileOffset: one(3),
    filenameStrindex: one(4),
    attributeIndices: many(5),
  }),
  locationTable: messages(2, {
    mappingIndex: one(1),
    address: one(2),
    line: messages(3, line),
    lines: messages(3, line),
    attributeIndices: many(locationAttributes),
  }),
  functionTable: messages(3, {
    nameStrindex: one(1),
    systemNameStrindex: one(2),
    filenameStrindex: one(3),
    startLine: one(4),
  }),
  linkTable: messages(4, { traceId: one(1, 'id'), spanId: one(2, 'id') }),
  stringTable: many(5, 'text'),
});

const request = (profile: JsonFields, dictionary: JsonFields, locationAttributes: number): JsonFields => ({
  resourceProfiles: messages(1, {
    resource: message(1, { attributes: messages(1, keyValue) }),
    scopeProfiles: messages(2, {
      scope: message(1, { attributes: messages(3, keyValue) }),
      profiles: messages(2, profile),
    }),
  }),
  dictionary: message(2, { ...tables(locationAttributes), ...dictionary }),
});

const sample: JsonFields = {
  stackIndex: one(1),
  attributeIndices: many(2),
  linkIndex: one(3),
  values: many(4),
  timestampsUnixNano: many(5, 'time'),
};
export const jsonFields110: JsonFields = request(
  {
    sampleType: message(1, valueType),
    sample: messages(2, sample),
    samples: messages(2, sample),
    timeUnixNano: one(3, 'time'),
    durationNano: one(4),
    periodType: message(5, valueType),
    period: one(6),
  },
  { attributeTable: messages(6, keyValueAndUnit), stackTable: messages(7, { locationIndices: many(1) }) },
  4,
);

export const jsonFields17: JsonFields = request(
  {
    sampleType: messages(1, valueType),
    sample: messages(2, {
      locationsStartIndex: one(1),
      locationsLength: one(2),
      value: many(3),
      attributeIndices: many(4),
      linkIndex: one(5),
      timestampsUnixNano: many(6),
    }),
    locationIndices: many(3),
    timeNanos: one(4),
    durationNanos: one(5),
    periodType: message(6, valueType),
    period: one(7),
  },
  { attributeTable: messages(6, keyValue) },
  5,
);

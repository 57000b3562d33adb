/**
 * The 64-bit id of a series: a keyed hash of its tenant and sorted labels, so that nobody outside can forge a collision.
 *
 * Shape:  the key is the tenant and every name and value in order, each behind its length: no value can imitate a border.
 * Source: HMAC-SHA-256 (RFC 2104), the first eight bytes, little-endian.
 */
import { createHmac } from 'node:crypto';
import type { Labels } from '../model/labels.ts';

export function seriesKey(tenant: string, labels: Labels): string {
  let key = `${tenant.length}:${tenant}`;
  for (const { name, value } of labels) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

export function seriesId(hashKey: Uint8Array, key: string): bigint {
  return createHmac('sha256', hashKey).update(key, 'utf8').digest().readBigUInt64LE(0);
}

/** The id to try when another label set has this one already. */
export const nextSeriesId = (id: bigint): bigint => BigInt.asUintN(64, id + 1n);

export function sameLabels(a: Labels, b: Labels): boolean {
  return a.length === b.length && a.every((label, i) => label.name === b[i]?.name && label.value === b[i].value);
}

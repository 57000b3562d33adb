/**
 * Tells requests that a page of another site makes in somebody's browser. A server on loopback has no token as a rule, and a page
 * anywhere may post plain text to 127.0.0.1: it could write profiles. Reading is not open to it, for no answer allows that.
 *
 * Source: W3C Fetch Metadata: every browser says where a request comes from, and no script can change it. Agents do not send it,
 *         and Grafana passes on that of its own pages.
 */
import type { NodeRequest } from './answerer.ts';

const harmless = new Set(['GET', 'HEAD']);

export const isOfForeignPage = ({ method, headers }: Pick<NodeRequest, 'method' | 'headers'>): boolean =>
  !harmless.has(method ?? '') && /^(cross-site|same-site)$/i.test(String(headers['sec-fetch-site'] ?? ''));

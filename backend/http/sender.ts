/**
 * Who sent a request, as far as the request tells: for the list of recent senders, not for rights.
 *
 * Shape:  "Alloy/v1.18.0 (linux; docker)" is agent Alloy, version 1.18.0. A user agent that only names an HTTP or gRPC library
 *         leaves the agent empty; the route may know better (withAgent).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createContextKey } from '@connectrpc/connect';

export interface Sender {
  /** '' when nobody knows. */
  readonly agent: string;
  readonly version: string;
  readonly userAgent: string;
  readonly address: string;
  /** X-Scope-OrgID as it came, '' without: what it means is tenant.ts's. */
  readonly tenant: string;
}

const longestUserAgent = 200;
/** Libraries, which say nothing about the agent built with them. */
const libraries =
  /^(grpc-|go-http-client|connect-|node|undici|curl|python-|java|okhttp|apache-httpclient|ruby|reqwest|mozilla|\.net)/i;

export const unknownSender: Sender = { agent: '', version: '', userAgent: '', address: '', tenant: '' };
export const senderKey = createContextKey<Sender>(unknownSender);

export function senderOf(headers: IncomingHttpHeaders, address: string | undefined): Sender {
  const userAgent = (headers['user-agent'] ?? '').slice(0, longestUserAgent);
  const product = /^([A-Za-z][\w .-]{0,60}?)\/v?(\S{1,60})/.exec(userAgent);
  const tenant = headers['x-scope-orgid'];
  const known = product !== null && !libraries.test(userAgent);
  return {
    agent: known ? (product[1] ?? '') : '',
    version: known ? (product[2] ?? '') : '',
    userAgent,
    address: address ?? '',
    tenant: typeof tenant === 'string' ? tenant : '',
  };
}

/** A name from what was sent, where the user agent had none. */
export const withAgent = (sender: Sender, agent: string): Sender =>
  sender.agent === '' && agent !== '' ? { ...sender, agent: agent.slice(0, longestUserAgent) } : sender;

/**
 * Tells requests whose Host header names somebody else's machine. A page anywhere may have its own name point to 127.0.0.1 once
 * it is loaded (DNS rebinding): the browser takes a server there for the page's own, and lets it read. Its Host header still
 * carries the page's name, and no script can change it.
 *
 * Shape:  taken are localhost and what ends in it, addresses (which nobody can rebind), the name under which containers see their
 *         host, no Host at all (no browser), and the names that were configured.
 * Source: RFC 9110, 7.2; RFC 6761, 6.3 (localhost). :authority is what HTTP/2 has for Host.
 */
import { isIP } from 'node:net';
import type { NodeRequest } from './answerer.ts';

/** The name in a Host header that is not one of this machine; undefined: nothing is wrong. */
export type FindStrangeHost = (request: Pick<NodeRequest, 'headers'>) => string | undefined;

const longestName = 255;

export function createHostCheck(allowedNames: readonly string[]): FindStrangeHost {
  const allowed = new Set(['localhost', 'host.docker.internal', 'host.containers.internal', ...allowedNames]);
  return ({ headers }) => {
    const given = headers.host ?? headers[':authority'] ?? '';
    const name = nameIn(String(given));
    const isOurs = name === '' || allowed.has(name) || name.endsWith('.localhost') || isIP(name) !== 0;
    return isOurs ? undefined : name.slice(0, longestName);
  };
}

/** Without the port, the brackets around an IPv6 address and the dot that ends a full name. */
export function nameIn(host: string): string {
  const name = /^\[([^\]]*)\](:\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '');
  return name.toLowerCase().replace(/\.$/, '');
}

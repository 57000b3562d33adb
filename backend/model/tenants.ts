/**
 * Whose data: a tenant is a name in a header, and a question may be about several at once.
 *
 * Shape:  "a" or "a|b": sorted, each once. As one text they pass through a question like a single tenant does, because no
 *         tenant may have the bar in its name; the store's union (store/tenantUnion.ts) takes them apart.
 * Errors: InputError unauthenticated without any, invalid_argument for a name with other characters or too long.
 * Source: Grafana's dskit, which Pyroscope, Loki and Mimir share: 150 of [a-zA-Z0-9!-_.*'()], not "." or "..".
 */
import { InputError } from '../errors.ts';
import { compareText } from './labels.ts';

/** Whose everything is where there are no tenants; Pyroscope's name for it. */
export const anonymousTenant = 'anonymous';

const bar = '|';
const longestTenant = 150;
/** Each is asked in turn. */
const mostTenants = 100;

export function readTenants(header: string | undefined): string {
  const given = header ?? '';
  if (given === '') throw new InputError('unauthenticated', 'no org id: send the header X-Scope-OrgID');
  const tenants = [...new Set(given.split(bar).map(checkTenant))].sort(compareText);
  if (tenants.length > mostTenants)
    throw new InputError('invalid_argument', `X-Scope-OrgID: ${tenants.length} tenants are more than ${mostTenants}`);
  return tenants.join(bar);
}

export const splitTenants = (tenants: string): readonly string[] => tenants.split(bar);

/** For what belongs to a single tenant: everything that writes, and settings. */
export function oneTenant(tenants: string): string {
  if (tenants.includes(bar)) throw new InputError('invalid_argument', `multiple org IDs present: ${tenants}`);
  return tenants;
}

function checkTenant(name: string): string {
  const quoted = JSON.stringify(name.slice(0, 200));
  const wrong = (what: string): InputError => new InputError('invalid_argument', `tenant ID ${quoted} ${what}`);
  if (name === '' || name === '.' || name === '..') throw wrong('is not allowed');
  if (name.length > longestTenant) throw wrong(`is longer than ${longestTenant} characters`);
  const other = /[^a-zA-Z0-9!_.*'()-]/.exec(name)?.[0];
  if (other !== undefined) throw wrong(`contains the unsupported character ${JSON.stringify(other)}`);
  return name;
}

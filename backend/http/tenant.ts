/**
 * Whose data a request is about: the header X-Scope-OrgID when tenants are switched on, one tenant for all when they are not.
 *
 * Shape:  tenants as model/tenants.ts writes them. Handlers of RPCs find them in the context, routes in the request.
 * Errors: InputError unauthenticated without the header, invalid_argument for a bad one.
 * Source: reference pyroscope-api 1.2.
 */
import { createContextKey } from '@connectrpc/connect';
import type { HandlerContext, Interceptor } from '@connectrpc/connect';
import { anonymousTenant, oneTenant, readTenants } from '../model/tenants.ts';

export type TenantsOf = (header: string | undefined) => string;

export const tenantHeader = 'x-scope-orgid';

/** Without multi-tenancy the header means nothing, as in Pyroscope: agents send it without being asked. */
export const createTenantsOf = (multitenancy: boolean): TenantsOf =>
  multitenancy ? readTenants : () => anonymousTenant;

const tenantsKey = createContextKey<string>(anonymousTenant);

/** Services that tell nobody's data: clients ask before they know of tenants. */
const ofNobody = new Set(['version.v1.Version']);

export const tenantInterceptor =
  (tenantsOf: TenantsOf): Interceptor =>
  (next) =>
  (request) => {
    if (!ofNobody.has(request.service.typeName))
      request.contextValues.set(tenantsKey, tenantsOf(request.header.get(tenantHeader) ?? undefined));
    return next(request);
  };

/** For questions, which may be about several: "a|b". */
export const tenantsIn = ({ values }: Pick<HandlerContext, 'values'>): string => values.get(tenantsKey);

/** For what belongs to one. */
export const tenantIn = (context: Pick<HandlerContext, 'values'>): string => oneTenant(tenantsIn(context));

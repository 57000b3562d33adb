/**
 * GET /api/v1/ingest/recent: who sent what lately, and what of it was refused and why. Behind the token, and for the asking
 * tenant: it tells names of services.
 *
 * Shape:  {"now", "senders": as recentIngest.ts has them, "storage": {"diskBytes", "retention": "forever"}}; diskBytes is all
 *         that the data directory takes, of all tenants; a store in memory has none.
 */
import { splitTenants } from '../../model/tenants.ts';
import type { HttpRoute } from '../httpRoutes.ts';
import { jsonError } from '../httpRoutes.ts';
import { jsonAnswer } from '../plainAnswer.ts';
import type { TenantsOf } from '../tenant.ts';
import type { DiskUse } from './diskUse.ts';
import type { RecentIngest } from './recentIngest.ts';

export const createRecentRoute = (recent: RecentIngest, tenantsOf: TenantsOf, diskUse: DiskUse): HttpRoute => ({
  path: '/api/v1/ingest/recent',
  method: 'GET',
  answer: async ({ sender }) => {
    const told = recent.describe(splitTenants(tenantsOf(sender.tenant)));
    const diskBytes = await diskUse();
    return jsonAnswer({ ...told, storage: { ...(diskBytes !== undefined && { diskBytes }), retention: 'forever' } });
  },
  errorAnswer: jsonError,
});

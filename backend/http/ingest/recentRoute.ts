/**
 * GET /api/v1/ingest/recent: who sent what lately, and what of it was refused and why. Behind the token, and for the asking
 * tenant: it tells names of services.
 */
import { splitTenants } from '../../model/tenants.ts';
import type { HttpRoute } from '../httpRoutes.ts';
import { jsonError } from '../httpRoutes.ts';
import { jsonAnswer } from '../plainAnswer.ts';
import type { TenantsOf } from '../tenant.ts';
import type { RecentIngest } from './recentIngest.ts';

export const createRecentRoute = (recent: RecentIngest, tenantsOf: TenantsOf): HttpRoute => ({
  path: '/api/v1/ingest/recent',
  method: 'GET',
  answer: ({ sender }) =>
    new Promise((resolve) => resolve(jsonAnswer(recent.describe(splitTenants(tenantsOf(sender.tenant)))))),
  errorAnswer: jsonError,
});

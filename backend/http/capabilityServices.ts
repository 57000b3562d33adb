/**
 * Services that say what this server is and can do; their answers do not depend on data.
 *
 * Shape:  capabilities.v1 announces what clients look for by name. vcs.v1 has no provider to ask: clients hide source links
 *         when GithubApp is unimplemented, and its routes for logging in do nothing and leave no cookie.
 * Source: reference pyroscope-api 1.13, 1.14.
 */
import type { ConnectRouter } from '@connectrpc/connect';
import { InputError } from '../errors.ts';
import { FeatureFlagsService } from '../wire/pyroscope/gen/capabilities/v1/feature_flags_pb.js';
import { VCSService } from '../wire/pyroscope/gen/vcs/v1/vcs_pb.js';
import { Version } from '../wire/pyroscope/gen/version/v1/version_pb.js';

interface Capability {
  readonly name: string;
  readonly enabled: boolean;
  readonly description: string;
}

/** Those that are off say so, because a client tells "off" from "never heard of it". */
const capabilities: readonly Capability[] = [
  { name: 'functionProjections', enabled: true, description: 'Tables of functions, their callers and callees.' },
  { name: 'pyroscopeRuler', enabled: true, description: 'Recording rules are evaluated.' },
  { name: 'pyroscopeRulerFunctions', enabled: true, description: 'Recording rules may be about a single function.' },
  { name: 'utf8LabelNames', enabled: true, description: 'Label names may be any UTF-8.' },
  { name: 'v2StorageLayer', enabled: true, description: 'Questions of the second storage layer are answered.' },
];

const querierApi = 1n;

export function addCapabilityServices(router: ConnectRouter): void {
  router.service(FeatureFlagsService, { getFeatureFlags: () => ({ featureFlags: [...capabilities] }) });
  router.service(Version, { version: () => ({ QuerierAPI: querierApi }) });
  const unconfigured = (): never => {
    throw new InputError('unimplemented', 'GitHub integration is not configured');
  };
  router.service(VCSService, {
    githubApp: unconfigured,
    githubLogin: unconfigured,
    githubRefresh: unconfigured,
    getFile: unconfigured,
    getCommit: unconfigured,
    getCommits: unconfigured,
  });
}

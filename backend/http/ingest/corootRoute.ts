/**
 * coroot-node-agent: a gzipped pprof in POST /v1/profiles, which is also a path of OTLP; the parameters tell them apart.
 *
 * Shape:  parameters service.name, container.id, host.name, host.id become labels (service.name is service_name). The sample type
 *         "ebpf:cpu:nanoseconds" holds three names in one; type and unit are taken apart, so that the profile type is the
 *         one that other eBPF agents send. The token may come in the header X-API-Key.
 * Source: reference agents-wire 3.4, 8.2.
 */
import { InputError } from '../../errors.ts';
import type { Limits } from '../../limits.ts';
import type { Label } from '../../model/labels.ts';
import { serviceNameLabel } from '../../model/labels.ts';
import type { Profile, ValueType } from '../../model/profile.ts';
import { gunzip } from '../../wire/gzip.ts';
import { metricNameOf } from '../../wire/ingest/metricName.ts';
import { namedLabels } from '../../wire/ingest/readingHead.ts';
import { readPprof } from '../../wire/pprof/readPprof.ts';
import type { HttpRequest } from '../httpRoutes.ts';
import { emptyAnswer } from '../plainAnswer.ts';
import type { PlainAnswer } from '../plainAnswer.ts';
import { withAgent } from '../sender.ts';
import type { IngestDoor } from './ingestDoor.ts';
import { joinedFailure } from './ingestDoor.ts';

export const isCoroot = ({ query }: HttpRequest): boolean => query.has('service.name') || query.has('container.id');

const mostParameters = 32;
const cpuPeriod: ValueType = { type: 'cpu', unit: 'nanoseconds' };

export async function answerCoroot(
  request: HttpRequest,
  route: string,
  { door, limits }: { readonly door: IngestDoor; readonly limits: Limits },
): Promise<PlainAnswer> {
  const { bytes: body, wireBytes } = await request.body(limits.bodyBytes, '--max-body-size');
  const visit = door.open({ sender: withAgent(request.sender, 'coroot-node-agent'), route, format: 'pprof' });
  try {
    const outcome = await visit.take(wireBytes, () => {
      const bytes = gunzip(body, limits.profileBytes, '--max-profile-size');
      const profile = withPlainTypes(readPprof(bytes, limits));
      const labels = namedLabels(metricNameOf(profile.sampleTypes, new Map()), ...labelsOf(request.query));
      return {
        reading: { profiles: [{ labels, profile }], leftOut: [], revision: '' },
        rawBytes: bytes.length,
        isPprof: true,
      };
    });
    const failure = joinedFailure(outcome);
    if (failure !== undefined) throw failure;
    return emptyAnswer;
  } finally {
    visit.close();
  }
}

function labelsOf(query: URLSearchParams): readonly Label[] {
  const labels = new Map<string, string>();
  for (const [name, value] of query) {
    if (value === '' || name.startsWith('__')) continue;
    labels.set(name === 'service.name' ? serviceNameLabel : name, value);
  }
  if (labels.size > mostParameters)
    throw new InputError('invalid_argument', `more than ${mostParameters} parameters`, 'max_label_names_per_series');
  return Array.from(labels, ([name, value]) => ({ name, value }));
}

function withPlainTypes(profile: Profile): Profile {
  const sampleTypes = profile.sampleTypes.map(plainType);
  const isCpu = sampleTypes.length === 1 && sampleTypes[0]?.type === 'cpu';
  const periodType = profile.periodType === undefined ? undefined : plainType(profile.periodType);
  return { ...profile, sampleTypes, periodType: periodType ?? (isCpu ? cpuPeriod : undefined) };
}

/** ebpf:cpu:nanoseconds is three names in one; a profile type ID has no room for colons. */
function plainType({ type, unit }: ValueType): ValueType {
  const [source = '', name, ownUnit] = type.split(':');
  return name === undefined ? { type: source, unit } : { type: name, unit: ownUnit ?? unit };
}

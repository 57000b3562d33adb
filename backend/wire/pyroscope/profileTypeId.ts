/**
 * Reads the profile type ID, which says what kind of value a series holds.
 *
 * Shape:  name:sampleType:sampleUnit:periodType:periodUnit; a sixth part (":delta") is taken and ignored. The period parts
 *         may be empty.
 * Units:  sampleUnit is the unit of every value in the series, spelled as in pprof.
 * Errors: InputError invalid_argument, quoting what came.
 * Source: grafana/pyroscope pkg/model/profile.go at 3fe6a457a takes any sixth part; recorded answers hold us to it.
 */
import { InputError } from '../../errors.ts';
import type { ProfileType } from '../../model/profileType.ts';

export function parseProfileTypeId(id: string): ProfileType {
  const parts = id.split(':');
  if (parts.length !== 5 && parts.length !== 6) {
    throw new InputError(
      'invalid_argument',
      'profile-type selection must be of the form <name>:<sample-type>:<sample-unit>:<period-type>:<period-unit>(:delta), ' +
        `got(${parts.length}): ${JSON.stringify(id.slice(0, 200))}`,
    );
  }
  const [name = '', sampleType = '', sampleUnit = '', periodType = '', periodUnit = ''] = parts;
  return { name, sampleType, sampleUnit, periodType, periodUnit };
}

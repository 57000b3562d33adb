/** The range of an address as Grafana's picker and our questions have it. */
import type { RawTimeRange, TimeRange } from '@grafana/data';
import { dateTime, rangeUtil } from '@grafana/data';
import type { MillisRange } from '../../datasource/data/requests.ts';
import type { PageState } from './pageAddress.ts';

export function timeRangeOf({ from, to }: Pick<PageState, 'from' | 'to'>): TimeRange {
  return rangeUtil.convertRawToRange({ from: momentOf(from), to: momentOf(to) });
}

const momentOf = (text: string): RawTimeRange['from'] => (/^\d+$/.test(text) ? dateTime(Number(text)) : text);

export const textOfRange = ({ raw }: TimeRange): Pick<PageState, 'from' | 'to'> => ({
  from: textOfMoment(raw.from),
  to: textOfMoment(raw.to),
});

const textOfMoment = (moment: RawTimeRange['from']): string =>
  typeof moment === 'string' ? moment : String(moment.valueOf());

export const textOfMillis = ({ startMillis, endMillis }: MillisRange): Pick<PageState, 'from' | 'to'> => ({
  from: String(Math.floor(startMillis)),
  to: String(Math.ceil(endMillis)),
});

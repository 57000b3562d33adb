/**
 * The table of the last senders: a group of rows each, the second of them for what was refused and why.
 *
 * Roles are spelled out: narrow pages lay the cells out one below the other, and browsers then forget that it is a table.
 */
import { formatCount, formatValue } from '../flamegraph/formatValue.ts';
import { agoText } from './agoText.ts';
import { element } from './element.ts';
import type { IngestSender, RecentIngest, RefusalSum } from './ingestSenders.ts';
import { lagText } from './lagText.ts';

const mostLabels = 3;

interface Column {
  readonly title: string;
  readonly cell: (sender: IngestSender, nowMillis: number) => readonly HTMLElement[];
}

const columns: readonly Column[] = [
  { title: 'Sender', cell: senderCell },
  { title: 'Format', cell: ({ formats, revisions }) => [line(formats.join(', ') || '–'), ...small(revisions)] },
  { title: 'Route', cell: ({ route }) => [element('code', {}, ...breakable(route))] },
  { title: 'Services', cell: servicesCell },
  { title: 'Rate', cell: ({ profilesPerMinute }) => [line(rateText(profilesPerMinute))] },
  { title: 'Received', cell: receivedCell },
  { title: 'Refused', cell: ({ refused }) => [refusedMark(refused)] },
  { title: 'Last seen', cell: lastSeenCell },
];

export function senderTable({ senders, nowMillis }: RecentIngest): HTMLTableElement {
  const titles = columns.map(({ title }) => element('th', { scope: 'col', role: 'columnheader' }, title));
  return element(
    'table',
    { role: 'table', 'aria-label': 'Senders' },
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...titles)),
    ...senders.map((sender) => senderRows(sender, nowMillis)),
  );
}

/** "3 senders · 42 profiles/min · 1 with refusals · 12 MiB in 24 h · 3 GiB on disk, kept for ever" */
export function ingestHeadline({ senders, diskBytes, isKeptForever }: RecentIngest): string {
  const rate = senders.reduce((sum, { profilesPerMinute }) => sum + profilesPerMinute, 0);
  const withRefusals = senders.filter(({ refused }) => refused > 0).length;
  return [
    countText(senders.length, 'sender'),
    rateText(rate),
    withRefusals === 0 ? 'nothing refused' : `${withRefusals} with refusals`,
    dayText(senders.reduce((sum, { bytesLastDay }) => sum + bytesLastDay, 0)),
    ...(diskBytes === undefined
      ? []
      : [`${formatValue(diskBytes, 'bytes')} on disk${isKeptForever ? ', kept for ever' : ''}`]),
  ].join(' · ');
}

function senderRows(sender: IngestSender, nowMillis: number): HTMLElement {
  const cells = columns.map(({ title, cell }, i) =>
    i === 0
      ? element('th', { scope: 'row', role: 'rowheader', 'data-title': title }, ...cell(sender, nowMillis))
      : element('td', { role: 'cell', 'data-title': title }, ...cell(sender, nowMillis)),
  );
  return element(
    'tbody',
    { role: 'rowgroup', ...(sender.refused > 0 && { class: 'with-refusals' }) },
    element('tr', { role: 'row' }, ...cells),
    ...(sender.refusals.length === 0 ? [] : [refusalsRow(sender, nowMillis)]),
  );
}

function refusalsRow({ refusals, refused }: IngestSender, nowMillis: number): HTMLElement {
  const told = refusals.reduce((sum, { count }) => sum + count, 0);
  const items = refusals.map((refusal) => element('li', {}, ...refusalParts(refusal, nowMillis)));
  const list = element('ul', { 'aria-label': 'Refused or left out' }, ...items);
  const cell = { role: 'cell', colspan: String(columns.length), 'aria-colspan': String(columns.length) };
  return element(
    'tr',
    { role: 'row', class: 'refusals' },
    element('td', cell, list, ...small(told < refused ? [`the latest ${told} of them`] : [])),
  );
}

function refusalParts({ reason, count, samples, lastMillis, message }: RefusalSum, nowMillis: number) {
  const times = countText(count, 'time');
  const lost = samples === 0 ? '' : `, ${countText(samples, 'sample')}`;
  return [
    element('code', {}, reason),
    element('span', { class: 'how-often' }, ` ${times}${lost}, `, timeElement(lastMillis, nowMillis), ': '),
    element('span', {}, message),
  ];
}

function senderCell({ agent, version, address, tenant }: IngestSender): readonly HTMLElement[] {
  const from = [address, ...(tenant === '' ? [] : [`tenant ${tenant}`])].filter((part) => part !== '');
  return [line(version === '' ? agent : `${agent} ${version}`), ...small(from)];
}

function servicesCell({ services, labels }: IngestSender): readonly HTMLElement[] {
  const more = labels.length - mostLabels;
  return [
    line(services.join(', ') || '–'),
    ...labels.slice(0, mostLabels).map((each) => element('code', { class: 'labels' }, each)),
    ...small(more > 0 ? [`and ${countText(more, 'other set')}`] : []),
  ];
}

function receivedCell({ profiles, samples, bytes, bytesLastDay, requests }: IngestSender): readonly HTMLElement[] {
  return [
    line(countText(profiles, 'profile')),
    ...small([countText(samples, 'sample'), formatValue(bytes, 'bytes')]),
    ...small([countText(requests, 'request'), dayText(bytesLastDay)]),
  ];
}

function lastSeenCell({ lastMillis, lagMillis }: IngestSender, nowMillis: number): readonly HTMLElement[] {
  return [timeElement(lastMillis, nowMillis), ...small(lagMillis === undefined ? [] : [lagText(lagMillis)])];
}

/** Told by its text too: not everyone sees the colour. */
const refusedMark = (refused: number): HTMLElement =>
  refused === 0
    ? element('span', { class: 'small' }, 'none')
    : element('span', { class: 'refused' }, `${formatCount(refused)} refused`);

function timeElement(millis: number, nowMillis: number): HTMLElement {
  if (millis === 0) return element('span', {}, '–');
  const moment = new Date(millis).toISOString();
  return element('time', { datetime: moment, title: moment }, agoText(millis, nowMillis));
}

/** A route has no spaces: lines may break behind its slashes and dots. */
const breakable = (route: string): readonly Node[] =>
  route.split(/(?<=.[/.])/).flatMap((part) => [document.createTextNode(part), element('wbr')]);

const line = (text: string): HTMLElement => element('div', {}, text);
const small = (parts: readonly string[]): readonly HTMLElement[] =>
  parts.length === 0 ? [] : [element('div', { class: 'small' }, parts.join(' · '))];

const dayText = (bytes: number): string => `${formatValue(bytes, 'bytes')} in 24 h`;

const rateText = (perMinute: number): string => `${countText(Math.round(perMinute * 10) / 10, 'profile')}/min`;

const countText = (count: number, what: string): string => `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;

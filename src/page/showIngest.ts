/** Shows who sent what lately; nothing while nobody did. */
import { find } from './element.ts';
import type { RecentIngest } from './ingestSenders.ts';
import { ingestHeadline, senderTable } from './senderTable.ts';
import { updateInPlace } from './updateInPlace.ts';

export function showIngest(recent: RecentIngest): void {
  find('#ingest', HTMLElement).hidden = recent.senders.length === 0;
  find('#ingest-headline', HTMLElement).textContent = ingestHeadline(recent);
  const next = document.createElement('div');
  next.append(senderTable(recent));
  updateInPlace(find('#ingest .senders', HTMLElement), next);
}

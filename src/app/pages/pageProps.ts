/** What every page is given. */
import type { PageLocation } from '../usePageState.ts';
import type { Server } from '../useServer.ts';

export interface PageProps {
  readonly server: Server;
  readonly location: PageLocation;
}

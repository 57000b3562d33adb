/** The app: tabs of its pages, and what all of them need: a data source. */
import type { AppRootProps } from '@grafana/data';
import { locationUtil } from '@grafana/data';
import { locationService, PluginPage } from '@grafana/runtime';
import { Box, Tab, TabContent, TabsBar } from '@grafana/ui';
import type { PageName } from './data/pageAddress.ts';
import { addressOf } from './data/pageAddress.ts';
import type { AppSettings } from './data/appSettings.ts';
import { ComparePage } from './pages/ComparePage.tsx';
import { ExplorePage } from './pages/ExplorePage.tsx';
import type { PageProps } from './pages/pageProps.ts';
import { IngestPage } from './pages/IngestPage.tsx';
import { NoDataSource } from './pages/NoDataSource.tsx';
import { ServicesPage } from './pages/ServicesPage.tsx';
import { usePageState } from './usePageState.ts';
import { useServer } from './useServer.ts';

const titles: readonly (readonly [PageName, string])[] = [
  ['services', 'Services'],
  ['explore', 'Explore'],
  ['compare', 'Compare'],
  ['ingest', 'Ingest'],
];

export function App({ meta }: AppRootProps<AppSettings>) {
  const location = usePageState();
  const server = useServer(location.state.datasourceUid, meta.jsonData?.datasourceUid);
  return (
    <PluginPage subTitle="Continuous profiles beside logs and metrics.">
      {server === undefined ? (
        <NoDataSource />
      ) : (
        <>
          <TabsBar>
            {titles.map(([page, label]) => (
              <Tab
                key={page}
                label={label}
                active={location.page === page}
                href={locationUtil.assureBaseUrl(addressOf(page, location.state))}
                onChangeTab={(event) => {
                  event.preventDefault();
                  locationService.push(addressOf(page, location.state));
                }}
              />
            ))}
          </TabsBar>
          <TabContent>
            <Box paddingTop={2}>
              <Page server={server} location={location} />
            </Box>
          </TabContent>
        </>
      )}
    </PluginPage>
  );
}

function Page(props: PageProps) {
  switch (props.location.page) {
    case 'services':
      return <ServicesPage {...props} />;
    case 'explore':
      return <ExplorePage {...props} />;
    case 'compare':
      return <ComparePage {...props} />;
    case 'ingest':
      return <IngestPage {...props} />;
  }
}

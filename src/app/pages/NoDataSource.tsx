/** Before there is a data source of profiles: the two steps to one. */
import { LinkButton, Stack, Text } from '@grafana/ui';

export function NoDataSource() {
  return (
    <Stack direction="column" gap={2} alignItems="flex-start">
      <Text element="h3">1. Run the server</Text>
      <Text color="secondary">
        npm ci && npm start in a checkout of Pyrolens listens on port 4040; agents push profiles there.
      </Text>
      <Text element="h3">2. Add the data source</Text>
      <Text color="secondary">
        Give it the address of the server as seen from Grafana, then press &quot;Save &amp; test&quot;.
      </Text>
      <LinkButton variant="primary" href="/connections/datasources/pyrolens-profiles-datasource">
        Add a Pyrolens data source
      </LinkButton>
    </Stack>
  );
}

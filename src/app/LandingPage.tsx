/** The app's page: what it brings, and the three steps from nothing to a flame graph. */
import { PluginPage } from '@grafana/runtime';
import { LinkButton, Stack, Text, TextLink } from '@grafana/ui';

const steps = [
  {
    title: '1. Run the server',
    text: 'npm ci && npm start in a checkout of Pyrolens listens on port 4040; agents push profiles there.',
  },
  {
    title: '2. Add the data source',
    text: 'Give it the address of the server as seen from Grafana, then press "Save & test".',
    button: { href: '/connections/datasources/pyrolens-profiles-datasource', label: 'Add a Pyrolens data source' },
  },
  {
    title: '3. Look at profiles',
    text: 'In Explore a query answers with a graph over time and a flame graph; dashboards have a panel for each.',
    button: { href: '/explore', label: 'Open Explore' },
  },
];

const parts = [
  ['Data source', 'Time series and flame graphs of profiles; variables of services, labels and profile types.'],
  ['Flame graph panel', 'Search, focus and table; stays quick at a million functions and thousands of levels.'],
  ['Dashboard', '"Service: profiles beside logs and metrics", for Pyrolens, Loki and Prometheus together.'],
] as const;

export function LandingPage() {
  return (
    <PluginPage subTitle="Continuous profiles beside logs and metrics.">
      <Stack direction="column" gap={4}>
        <Stack direction="column" gap={2}>
          {steps.map(({ title, text, button }) => (
            <Stack key={title} direction="column" gap={1} alignItems="flex-start">
              <Text element="h3">{title}</Text>
              <Text color="secondary">{text}</Text>
              {button && (
                <LinkButton variant="secondary" href={button.href}>
                  {button.label}
                </LinkButton>
              )}
            </Stack>
          ))}
        </Stack>
        <Stack direction="column" gap={1}>
          <Text element="h3">What is in this app</Text>
          {parts.map(([name, text]) => (
            <Text key={name}>
              <Text weight="medium">{name}</Text>: {text}
            </Text>
          ))}
          <TextLink href="/dashboards" inline={false}>
            Dashboards
          </TextLink>
        </Stack>
      </Stack>
    </PluginPage>
  );
}

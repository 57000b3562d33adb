/** What an empty server shows: three ways to the first profile, ready to paste, and a line that waits for it. */
import { Card, ClipboardButton, Grid, Icon, LoadingPlaceholder, Stack, Text, TextArea, useTheme2 } from '@grafana/ui';
import { useEffect } from 'react';
import { catchError, EMPTY, exhaustMap, filter, take, timer } from 'rxjs';
import { profileSources } from '../useServer.ts';
import type { Server } from '../useServer.ts';

interface Props {
  readonly server: Server;
  readonly onFound: () => void;
}

const askEveryMillis = 5_000;

export function FirstRun({ server, onFound }: Props) {
  useEffect(() => {
    const waiting = timer(askEveryMillis, askEveryMillis)
      .pipe(
        // A server that starts is waited for as well.
        exhaustMap(() => server.client.profileStats().pipe(catchError(() => EMPTY))),
        filter(({ dataIngested = false }) => dataIngested),
        take(1),
      )
      .subscribe(onFound);
    return () => waiting.unsubscribe();
  }, [server]);
  return (
    <Stack direction="column" gap={2}>
      <Text element="h3">No profiles in this time range</Text>
      <Text color="secondary">Start with one of these, with the address that agents reach the server at.</Text>
      <Grid columns={{ xs: 1, lg: 3 }} gap={2}>
        {recipes(serverUrl(server.uid)).map((recipe) => (
          <Recipe key={recipe.title} {...recipe} />
        ))}
      </Grid>
      <LoadingPlaceholder text="Waiting for the first profile ..." />
    </Stack>
  );
}

interface RecipeProps {
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

function Recipe({ title, text, code }: RecipeProps) {
  const { typography } = useTheme2();
  return (
    <Card noMargin>
      <Card.Heading>{title}</Card.Heading>
      <Card.Description>
        <Stack direction="column" gap={1}>
          {text}
          <TextArea
            readOnly
            wrap="off"
            style={{ fontFamily: typography.fontFamilyMonospace }}
            rows={code.split('\n').length + 1}
            value={code}
            aria-label={title}
          />
        </Stack>
      </Card.Description>
      <Card.Actions>
        <ClipboardButton variant="secondary" size="sm" getText={() => code}>
          <Icon name="copy" /> Copy
        </ClipboardButton>
      </Card.Actions>
    </Card>
  );
}

/** Grafana tells admins alone where a data source leads; others see what it usually is. */
function serverUrl(uid: string): string {
  const { jsonData } = profileSources().find((source) => source.uid === uid) ?? {};
  const fields: Readonly<Record<string, unknown>> = { ...jsonData };
  return typeof fields['serverUrl'] === 'string' ? fields['serverUrl'] : 'http://localhost:4040';
}

const recipes = (url: string): readonly RecipeProps[] => [
  {
    title: 'Grafana Alloy',
    text: 'eBPF sees every process of a Linux machine, without a change to any. Save as config.alloy, then: sudo alloy run config.alloy',
    code: `discovery.process "all" { }

pyroscope.ebpf "node" {
  targets    = discovery.process.all.targets
  forward_to = [pyroscope.write.pyrolens.receiver]
}

pyroscope.write "pyrolens" {
  endpoint { url = "${url}" }
}`,
  },
  {
    title: 'OpenTelemetry',
    text: 'The eBPF profiler sends OTLP profiles; in a Collector, this exporter takes them on.',
    code: `exporters:
  otlp/pyrolens:
    endpoint: ${url.replace(/^https?:\/\//, '')}
    tls: { insecure: ${url.startsWith('https') ? 'false' : 'true'} }
service:
  pipelines:
    profiles:
      receivers: [otlp]
      exporters: [otlp/pyrolens]`,
  },
  {
    title: 'perf',
    text: 'A file of stacks, as perf script writes them, is enough for a first look.',
    code: `perf record -F 99 -g -p PID -- sleep 30
perf script > stacks.txt
curl --data-binary @stacks.txt \\
  "${url}/ingest?name=checkout&format=perf"`,
  },
];

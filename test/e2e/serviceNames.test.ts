/** The same container has one service name, whichever agent saw it: a row for each way to run containers. */
import { gzipSync } from 'node:zlib';
import { encodeRequest } from '../../backend/wire/otlp/testRequest.ts';
import { profileOf, requestOf, sample } from '../../backend/wire/otlp/testShop.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import { everything, labelSets } from './asked.ts';

const limits = { rejectOlderThanMillis: Infinity, rejectNewerThanMillis: Infinity };
type Attributes = Readonly<Record<string, string>>;

interface Row {
  readonly runs: string;
  readonly service: string;
  /** What each agent says of the container; Alloy names the service itself. */
  readonly parca: Attributes;
  readonly otlp: Attributes;
}

const rows: readonly Row[] = [
  {
    runs: 'Kubernetes',
    service: 'ebpf/shop/checkout',
    parca: { namespace: 'shop', container: 'checkout', pod: 'checkout-1' },
    otlp: { 'k8s.namespace.name': 'shop', 'k8s.container.name': 'checkout', 'k8s.pod.name': 'checkout-1' },
  },
  {
    runs: 'Kubernetes with the annotation pyroscope.io/service_name',
    service: 'payments',
    parca: { service_name: 'payments', namespace: 'shop', container: 'checkout' },
    otlp: {
      'k8s.pod.annotation.pyroscope.io/service_name': 'payments',
      'k8s.namespace.name': 'shop',
      'k8s.container.name': 'checkout',
    },
  },
  {
    runs: 'Docker Compose',
    service: '/shop-checkout-1',
    parca: { container: 'shop-checkout-1' },
    otlp: { 'container.name': 'shop-checkout-1' },
  },
  {
    runs: 'Docker Swarm',
    service: 'shop_checkout',
    parca: { service_name: 'shop_checkout', container: 'shop_checkout.1.x' },
    otlp: { 'container.label.com.docker.swarm.service.name': 'shop_checkout', 'container.name': 'shop_checkout.1.x' },
  },
  {
    runs: 'a program that names itself',
    service: 'billing',
    parca: { service_name: 'billing', comm: 'java' },
    otlp: { 'service.name': 'billing', 'process.executable.name': 'java', 'container.name': 'x' },
  },
];

const timeNanos = BigInt(Date.now()) * 1_000_000n;
const pprof = gzipSync(foldedPprof({ folded: ['main 1'], timeNanos }));
const pairs = (labels: Attributes) => Object.entries(labels).map(([name, value]) => ({ name, value }));

for (const { runs, service, parca, otlp } of rows) {
  test(`${runs}: ${service} from Alloy, the Parca agent and OpenTelemetry`, async () => {
    const server = await startTestServer({ limits });
    await call(
      server.url,
      'push.v1.PusherService/Push',
      pushMessage({ __name__: 'process_cpu', service_name: service }, pprof),
    );
    const series = [
      {
        labels: { labels: pairs({ __name__: 'process_cpu', ...parca }) },
        samples: [{ rawProfile: pprof.toString('base64') }],
      },
    ];
    await fetch(`${server.url}/profiles/writeraw`, { method: 'POST', body: JSON.stringify({ series }) });
    const profiles = [profileOf([sample()])];
    const request = requestOf(profiles, { resources: [{ attributes: Object.entries(otlp), profiles }] });
    await fetch(`${server.url}/v1development/profiles`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(encodeRequest(request, '1.10')),
    });
    const sets = await labelSets(server.url, '{}', everything);
    expect(sets.map(({ service_name: name }) => name)).toEqual([service, service, service]);
    await server.close();
  });
}

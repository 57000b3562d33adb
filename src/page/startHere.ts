/** What an empty server shows: three ways to the first profile, each ready to paste, and a line that waits for it. */
import { element } from './element.ts';

interface Recipe {
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

/** `serverUrl` as the browser knows it: agents elsewhere may need another name of the same machine. */
function recipes(serverUrl: string, hasToken: boolean): readonly Recipe[] {
  const push = hasToken ? 'PYROLENS_TOKEN=... npm run push --' : 'npm run push --';
  const to = serverUrl === 'http://127.0.0.1:4040' ? '' : ` --url ${serverUrl}`;
  return [
    {
      title: 'This server itself',
      text: 'No agent needed: the first flame graph comes five seconds after the start.',
      code: 'npm start -- --self-profile',
    },
    {
      title: 'Everything on a Linux machine',
      text: 'Grafana Alloy with eBPF sees every process, without a change to any. Save as config.alloy, then: sudo alloy run config.alloy',
      code: alloyConfig(serverUrl, hasToken),
    },
    {
      title: 'A profile that you have as a file',
      text: 'pprof files of Go, Node.js, Python, Java and others.',
      code: [
        'go tool pprof -proto \\',
        '  http://localhost:6060/debug/pprof/profile \\',
        '  > cpu.pb.gz',
        `${push}${to} \\`,
        '  --service checkout cpu.pb.gz',
      ].join('\n'),
    },
  ];
}

const alloyConfig = (serverUrl: string, hasToken: boolean): string => `discovery.process "all" { }

pyroscope.ebpf "node" {
  targets    = discovery.process.all.targets
  forward_to = [pyroscope.write.pyrolens.receiver]
}

pyroscope.write "pyrolens" {
  endpoint {
    url = ${JSON.stringify(serverUrl)}${hasToken ? '\n    bearer_token = sys.env("PYROLENS_TOKEN")' : ''}
  }
}`;

export function showStartHere(host: HTMLElement, serverUrl: string, hasToken: boolean): void {
  const waiting = element('p', { class: 'waiting', role: 'status' }, 'Waiting for the first profile …');
  const cards = recipes(serverUrl, hasToken).map(({ title, text, code }) =>
    element('div', { class: 'card' }, element('h3', {}, title), element('p', {}, text), ...codeToCopy(code)),
  );
  host.replaceChildren(
    element(
      'div',
      { class: 'start' },
      element('h2', {}, 'No profiles yet'),
      element('p', {}, 'Start with one of these; this page draws the first profile by itself.'),
      element('div', { class: 'cards' }, ...cards),
      waiting,
    ),
  );
}

function codeToCopy(code: string): readonly HTMLElement[] {
  const pre = element('pre', { tabindex: '0' }, code);
  const button = element('button', { type: 'button' }, 'Copy');
  button.addEventListener('click', () => {
    copy(pre, code).then(
      (done) => (button.textContent = done),
      () => (button.textContent = 'Press Ctrl+C'),
    );
  });
  return [pre, button];
}

async function copy(pre: HTMLElement, code: string): Promise<string> {
  getSelection()?.selectAllChildren(pre);
  // Browsers have a clipboard only on loopback and behind https.
  if (!window.isSecureContext) return 'Press Ctrl+C';
  await navigator.clipboard.writeText(code);
  return 'Copied';
}

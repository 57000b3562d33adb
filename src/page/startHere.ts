/** What a server that has got nothing shows: three ways to the first profile, each ready to paste, and a line that waits for it. */
import { element } from './element.ts';

interface Recipe {
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

interface Target {
  /** As the browser knows it: agents elsewhere may need another name of the same machine. */
  readonly url: string;
  readonly hasToken: boolean;
  /** Empty: the server keeps none apart. */
  readonly tenant: string;
}

export interface Opening {
  readonly title: string;
  readonly text: string;
}

export const noProfilesYet: Opening = {
  title: 'No profiles yet',
  text: 'Start with one of these; this page draws the first profile by itself.',
};
export const nothingSentYet: Opening = {
  title: 'Nothing has come yet',
  text: 'Nobody has sent anything since this server was started. Begin with one of these; this page lists the first sender by itself.',
};

function recipes(target: Target): readonly Recipe[] {
  const { url, hasToken, tenant } = target;
  const push = hasToken ? 'PYROLENS_TOKEN=... npm run push --' : 'npm run push --';
  const to = `${url === 'http://127.0.0.1:4040' ? '' : ` --url ${url}`}${tenant === '' ? '' : ` --tenant ${tenant}`}`;
  return [
    {
      title: 'This server itself',
      text: 'No agent needed: the first flame graph comes five seconds after the start.',
      code: 'npm start -- --self-profile',
    },
    {
      title: 'Everything on a Linux machine',
      text: 'Grafana Alloy with eBPF sees every process, without a change to any. Save as config.alloy, then: sudo alloy run config.alloy',
      code: alloyConfig(target),
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

const alloyConfig = ({ url, hasToken, tenant }: Target): string => `discovery.process "all" { }

pyroscope.ebpf "node" {
  targets    = discovery.process.all.targets
  forward_to = [pyroscope.write.pyrolens.receiver]
}

pyroscope.write "pyrolens" {
  endpoint {
    url = ${JSON.stringify(url)}${hasToken ? '\n    bearer_token = sys.env("PYROLENS_TOKEN")' : ''}${
      tenant === '' ? '' : `\n    headers = { "X-Scope-OrgID" = ${JSON.stringify(tenant)} }`
    }
  }
}`;

export function showStartHere(host: HTMLElement, { title: heading, text: opening }: Opening, target: Target): void {
  const waiting = element('p', { class: 'waiting', role: 'status' }, 'Waiting for the first profile …');
  const cards = recipes(target).map(({ title, text, code }) =>
    element('div', { class: 'card' }, element('h3', {}, title), element('p', {}, text), ...codeToCopy(code)),
  );
  host.replaceChildren(
    element(
      'div',
      { class: 'start' },
      element('h2', {}, heading),
      element('p', {}, opening),
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

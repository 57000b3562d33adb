/**
 * A page that loads the built plugins the way Grafana does: as AMD modules through SystemJS, with the real @grafana
 * packages and one React as shared modules, a template service and a backend service in front of a proxy. It is no
 * Grafana: it holds the borders that plugins touch.
 *
 * Shape: ?show=panel|frames|query|config|settings&theme=dark|light&service=NAME&type=ID&query=JSON; what was changed stands in
 *        #saved as JSON; &links=JSON are data links of the panel's fields. Under /a/ are the app's pages, with their own addresses; /d/, /explore and /alerting/ are those of the story.
 */
import * as data from '@grafana/data';
import * as runtime from '@grafana/runtime';
import * as ui from '@grafana/ui';
import * as React from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import * as ReactDom from 'react-dom';
import { createRoot } from 'react-dom/client';
// Grafana's links want the router that @grafana/ui was built with.
import { Router } from 'react-router-dom-v5-compat';
import * as rxjs from 'rxjs';
import type { HostPlugins } from './story/hostPages.tsx';
import { showDashboard, showExplore, showRuleEditor } from './story/hostPages.tsx';

interface Loader {
  set(id: string, module: object): void;
  import(url: string): Promise<{ readonly plugin: unknown }>;
}
declare global {
  const System: Loader;
}

const parameters = new URLSearchParams(location.search);
const asked = (name: string): string => parameters.get(name) ?? '';
const theme = data.createTheme({ colors: { mode: asked('theme') === 'light' ? 'light' : 'dark' } });

async function start(): Promise<void> {
  provideServices();
  const shared = {
    '@grafana/data': data,
    '@grafana/runtime': runtime,
    '@grafana/ui': ui,
    react: React,
    'react/jsx-runtime': jsxRuntime,
    'react-dom': ReactDom,
    rxjs,
  };
  for (const [name, module] of Object.entries(shared)) {
    System.set(`app:${name}`, { ...module, default: module, __useDefault: true });
  }
  const root = document.querySelector('#root');
  if (root === null) throw new Error('no #root');
  createRoot(root).render(
    <data.ThemeContext.Provider value={theme}>
      <ui.GlobalStyles />
      <HostRouter>
        <div style={{ background: theme.colors.background.primary, padding: 8 }}>{await shownPart()}</div>
        <ui.PortalContainer />
      </HostRouter>
    </data.ThemeContext.Provider>,
  );
}

/** As Grafana's own: links go through the location service, which pages listen to. */
function HostRouter({ children }: { readonly children: React.ReactNode }) {
  const history = runtime.locationService.getHistory() as never as HostHistory;
  const [location, setLocation] = React.useState(history.location);
  React.useEffect(() => history.listen((next) => setLocation(next)), [history]);
  return (
    <Router navigator={history} location={location}>
      {children}
    </Router>
  );
}
type RouterProps = React.ComponentProps<typeof Router>;
type HostHistory = RouterProps['navigator'] & {
  readonly location: RouterProps['location'];
  listen(onChange: (location: RouterProps['location']) => void): () => void;
};

const load = async <T,>(path: string, type: abstract new (...args: never[]) => T): Promise<T> => {
  const { plugin } = await System.import(`/plugin/${path}`);
  if (!(plugin instanceof type)) throw new Error(`${path} exports no ${type.name}`);
  return plugin;
};

async function shownPart(): Promise<React.ReactNode> {
  if (location.pathname.startsWith('/a/')) return showApp();
  if (location.pathname.startsWith('/d/')) return showDashboard(await loadHostPlugins());
  if (location.pathname === '/explore') return showExplore();
  if (location.pathname === '/alerting/new') return showRuleEditor();
  switch (asked('show')) {
    case 'panel':
      return showPanel();
    case 'frames':
      return saveFrames();
    case 'query':
      return showQueryEditor();
    case 'config':
      return showConfigEditor();
    case 'settings':
      return showSettings();
    default:
      throw new Error('what to show?');
  }
}

async function loadHostPlugins(): Promise<HostPlugins> {
  const { datasource } = await loadDataSource();
  const panel = await load('panel/module.js', data.PanelPlugin);
  const app = await load('module.js', data.AppPlugin);
  const flameGraph: HostPlugins['flameGraph'] = (props) => <PanelFrame plugin={panel} {...props} />;
  return { app, profiles: datasource, flameGraph, replace: replaceVariables };
}

const appMeta = { id: 'pyrolens-profiles-app', jsonData: { datasourceUid: 'pyrolens' } };

async function showApp(): Promise<React.ReactNode> {
  const { root: Root } = await load('module.js', data.AppPlugin);
  // Grafana calls the whole path so, of whichever page.
  const { pathname } = location;
  return Root && <Root basename={pathname} path={pathname} query={{}} meta={appMeta as never} onNavChanged={nothing} />;
}

async function showSettings(): Promise<React.ReactNode> {
  const plugin = await load('module.js', data.AppPlugin);
  const [page] = plugin.configPages ?? [];
  return page && <page.body plugin={{ ...plugin, meta: appMeta } as never} query={{}} />;
}

const nothing = () => undefined;
const sourceSettings = {
  id: 1,
  uid: 'pyrolens',
  name: 'Pyrolens',
  type: 'pyrolens-profiles-datasource',
  url: '/proxy',
  jsonData: { prometheusUid: 'pyrolens-metrics' },
};
const otherSources = [
  { uid: 'pyrolens-metrics', name: 'Pyrolens metrics', type: 'prometheus' },
  { uid: 'prometheus', name: 'Prometheus', type: 'prometheus', isDefault: true },
  { uid: 'loki', name: 'Loki', type: 'loki' },
];

const variables: Readonly<Record<string, string>> = {
  service_name: asked('var-service_name') || asked('service'),
  profile_type: asked('var-profile_type') || 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
};
const replaceVariables: data.InterpolateFunction = (text = '', scoped, format) =>
  text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    const value = String(scoped?.[name]?.value ?? variables[name] ?? whole);
    return format === 'uriencode' ? encodeURIComponent(value) : value;
  });

/** As Grafana gives them to plugins. */
function provideServices(): void {
  const fetch: runtime.BackendSrv['fetch'] = (request) =>
    rxjs.from(forward(request.url, request.method ?? 'GET', request.data)) as never;
  runtime.setBackendSrv({ fetch } as never);
  const sources = [sourceSettings, ...otherSources].filter(() => asked('sources') !== 'none');
  runtime.setDataSourceSrv({
    getList: ({ type }: { readonly type?: string | readonly string[] } = {}) =>
      sources.filter((source) => type === undefined || [type].flat().includes(source.type)),
    get: async () => (await loadDataSource()).datasource,
    getInstanceSettings: (ref?: data.DataSourceRef) => sources.find(({ uid }) => uid === ref?.uid) ?? sources[0],
  } as never);
  // Grafana's editors of options are in its core; a panel only needs to find them by name.
  const editors = ['select', 'text', 'number', 'boolean', 'unit', 'radio', 'strings', 'color', 'multi-select'];
  data.standardEditorsRegistry.setInit(() => editors.map((id) => ({ id, name: id, editor: () => null })));
  runtime.setTemplateSrv({ replace: replaceVariables, getVariables: () => [], containsTemplate: () => false } as never);
}

/** Grafana's proxy answers with the body read as JSON when it is JSON, and throws an object for an error. */
async function forward(url: string, method: string, body: unknown): Promise<object> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer = {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
    data: isJson ? (JSON.parse(text) as unknown) : text,
  };
  // Grafana's own throws the answer as it is, and the data source reads its fields.
  if (!response.ok) throw Object.assign(new Error(response.statusText), answer);
  return answer;
}

async function loadDataSource() {
  const plugin = await load<data.DataSourcePlugin<data.DataSourceApi>>('datasource/module.js', data.DataSourcePlugin);
  const datasource = new plugin.DataSourceClass({ ...sourceSettings, meta: {} } as never);
  return { plugin, datasource };
}

function lastQuarter(): data.TimeRange {
  const [from, to] = [data.dateTime(Date.now() - 900_000), data.dateTime(Date.now() + 1_000)];
  return { from, to, raw: { from: 'now-15m', to: 'now' } };
}

const firstQuery = () => ({
  refId: 'A',
  queryType: 'profile',
  profileTypeId: asked('type'),
  labelSelector: '{service_name="$service_name"}',
  groupBy: [],
  ...(JSON.parse(asked('query') || '{}') as object),
});

async function runQuery(
  plugin: data.PanelPlugin,
  datasource: data.DataSourceApi,
  queryType = 'profile',
): Promise<data.PanelData> {
  const timeRange = lastQuarter();
  const request = { targets: [{ ...firstQuery(), queryType }], range: timeRange, intervalMs: 15_000, scopedVars: {} };
  const response = await rxjs.firstValueFrom(rxjs.from(datasource.query(request as never)));
  const series = data.applyFieldOverrides({
    data: response.data as data.DataFrame[],
    fieldConfig: { defaults: {}, overrides: [] },
    fieldConfigRegistry: plugin.fieldConfigRegistry,
    replaceVariables: (text) => text,
    theme,
  });
  // Grafana's own field options are in its core; the links among them would stand here.
  const links = JSON.parse(asked('links') || '[]') as data.DataLink[];
  for (const { config } of series.flatMap(({ fields }) => fields)) config.links = links;
  return {
    series,
    timeRange,
    request: request as never,
    state: response.state ?? data.LoadingState.Done,
    ...(response.errors && { errors: response.errors }),
  };
}

async function showPanel(): Promise<React.ReactNode> {
  const { datasource } = await loadDataSource();
  const plugin = await load('panel/module.js', data.PanelPlugin);
  const { queryType } = firstQuery() as { queryType: string };
  const panelData = await runQuery(plugin, datasource, queryType);
  save({ fields: panelData.series[0]?.fields.map(({ name }) => name), length: panelData.series[0]?.length });
  return <PanelFrame plugin={plugin} panelData={panelData} />;
}

async function saveFrames(): Promise<React.ReactNode> {
  const { datasource } = await loadDataSource();
  const { queryType } = firstQuery() as { queryType: string };
  const { series, errors } = await runQuery(await load('panel/module.js', data.PanelPlugin), datasource, queryType);
  save({
    errors: (errors ?? []).map(({ message }) => message),
    frames: series.map((frame) => ({
      name: frame.name,
      shownAs: frame.meta?.preferredVisualisationType ?? frame.meta?.type ?? frame.meta?.dataTopic,
      notices: frame.meta?.notices?.map(({ text }) => text),
      custom: frame.meta?.custom,
      fields: frame.fields.map(({ name }) => name),
      units: frame.fields.map(({ config }) => config.unit ?? ''),
      length: frame.length,
      most: Math.max(
        ...frame.fields.filter(({ name }) => name === 'value').flatMap(({ values }: data.Field<number>) => values),
      ),
      rows: Array.from({ length: Math.min(40, frame.length) }, (_, row) =>
        frame.fields.map(({ values }: data.Field<unknown>) => values[row]),
      ),
    })),
  });
  return 'saved';
}

interface PanelFrameProps {
  readonly plugin: data.PanelPlugin;
  readonly panelData: data.PanelData;
  readonly width?: number;
  readonly height?: number;
}

function PanelFrame({ plugin, panelData, width, height = 560 }: PanelFrameProps) {
  const [options, setOptions] = React.useState<object>(plugin.defaults ?? {});
  const Panel = plugin.panel;
  if (Panel === null) return 'The plugin has no panel.';
  return (
    <Panel
      id={1}
      title="Flame graph"
      data={panelData}
      timeRange={panelData.timeRange}
      timeZone="utc"
      options={options}
      onOptionsChange={(next: object) => {
        save(next);
        setOptions(next);
      }}
      fieldConfig={{ defaults: {}, overrides: [] }}
      onFieldConfigChange={nothing}
      onChangeTimeRange={save}
      transparent={false}
      width={width ?? Number(parameters.get('width') ?? 1_000)}
      height={height}
      renderCounter={1}
      eventBus={new data.EventBusSrv()}
      replaceVariables={replaceVariables}
    />
  );
}

async function showQueryEditor(): Promise<React.ReactNode> {
  const { plugin, datasource } = await loadDataSource();
  const { QueryEditor } = plugin.components;
  return QueryEditor && <QueryFrame Editor={QueryEditor} datasource={datasource} />;
}

function QueryFrame({
  Editor,
  datasource,
}: {
  readonly Editor: React.ElementType;
  readonly datasource: data.DataSourceApi;
}) {
  const [query, setQuery] = React.useState<object>({ ...firstQuery(), profileTypeId: '' });
  const [range] = React.useState(lastQuarter);
  return (
    <Editor
      datasource={datasource}
      query={query}
      range={range}
      onRunQuery={nothing}
      onChange={(next: object) => {
        save(next);
        setQuery(next);
      }}
    />
  );
}

async function showConfigEditor(): Promise<React.ReactNode> {
  const { plugin, datasource } = await loadDataSource();
  const { ConfigEditor } = plugin.components;
  return ConfigEditor && <ConfigFrame Editor={ConfigEditor as React.ElementType} datasource={datasource} />;
}

function ConfigFrame({
  Editor,
  datasource,
}: {
  readonly Editor: React.ElementType;
  readonly datasource: data.DataSourceApi;
}) {
  const [options, setOptions] = React.useState<object>({ url: '', jsonData: {}, secureJsonFields: {} });
  const [health, setHealth] = React.useState('');
  return (
    <>
      <Editor
        options={options}
        onOptionsChange={(next: object) => {
          save(next);
          setOptions(next);
        }}
      />
      <ui.Button
        onClick={() => {
          void datasource.testDatasource().then(({ status, message }) => setHealth(`${status}: ${message}`));
        }}
      >
        Save &amp; test
      </ui.Button>
      <output>{health}</output>
    </>
  );
}

function save(value: unknown): void {
  const saved = document.querySelector('#saved');
  if (saved !== null) saved.textContent = JSON.stringify(value);
}

start().catch((error: unknown) => {
  document.body.dataset['failed'] = error instanceof Error ? (error.stack ?? error.message) : String(error);
});

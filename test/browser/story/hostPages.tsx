/**
 * The pages of Grafana that the story leads through, as far as it needs them: a dashboard of the provisioned JSON, Explore with
 * logs, and the form of a new alert rule. Panels have Grafana's frame and menu; the lines and fields in them are the host's.
 */
import * as data from '@grafana/data';
import * as runtime from '@grafana/runtime';
import * as ui from '@grafana/ui';
import * as React from 'react';
import * as rxjs from 'rxjs';
import type { ShownLine } from './hostData.ts';
import { askLogs, askMetrics } from './hostData.ts';

/** What the built plugins bring, already loaded. */
export interface HostPlugins {
  readonly app: data.AppPlugin;
  readonly profiles: data.DataSourceApi;
  /** The flame graph panel with the answer to its query. */
  readonly flameGraph: React.ComponentType<{
    readonly panelData: data.PanelData;
    readonly width: number;
    readonly height: number;
  }>;
  readonly replace: (text: string) => string;
}

interface Target {
  readonly refId: string;
  readonly expr?: string;
  readonly legendFormat?: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly Target[];
  readonly fieldConfig: data.FieldConfigSource;
  readonly options: { readonly legend?: React.ComponentProps<typeof ui.TimeSeries>['legend'] };
}
interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}
interface PanelAnswer {
  readonly series: data.DataFrame[];
  readonly lines: readonly ShownLine[];
}

const parameters = new URLSearchParams(location.search);
const rangeOf = (raw: data.RawTimeRange): data.TimeRange => data.rangeUtil.convertRawToRange(raw);

export async function showDashboard(plugins: HostPlugins): Promise<React.ReactNode> {
  const response = await fetch(`/plugin/dashboards/${location.pathname.replace('/d/pyrolens-', '')}.json`);
  const dashboard = (await response.json()) as Dashboard;
  const range = rangeOf({ from: parameters.get('from') ?? 'now-15m', to: parameters.get('to') ?? 'now' });
  const height = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => (y + h) * 38));
  return (
    <>
      <ui.Text element="h1" variant="h4">
        {dashboard.title}
      </ui.Text>
      <div style={{ position: 'relative', height, marginTop: 8 }}>
        {dashboard.panels.map((panel) => (
          <PanelBox key={panel.id} panel={panel} range={range} plugins={plugins} />
        ))}
      </div>
    </>
  );
}

interface PanelProps {
  readonly panel: Panel;
  readonly range: data.TimeRange;
  readonly plugins: HostPlugins;
}

function PanelBox({ panel, range, plugins }: PanelProps) {
  const theme = ui.useTheme2();
  const [answer, setAnswer] = React.useState<PanelAnswer>();
  React.useEffect(() => {
    void askPanel({ panel, range, plugins }).then(({ series, lines }) => {
      const replaceVariables = (text: string) => text;
      const fieldConfig = { defaults: {}, overrides: [] };
      setAnswer({ lines, series: data.applyFieldOverrides({ data: series, fieldConfig, replaceVariables, theme }) });
    });
  }, [panel, range, plugins]);
  const { x, y, w, h } = panel.gridPos;
  const column = (document.documentElement.clientWidth - 16) / 24;
  return (
    <div style={{ position: 'absolute', left: x * column, top: y * 38 }}>
      <ui.PanelChrome
        title={plugins.replace(panel.title)}
        width={w * column - 8}
        height={h * 38 - 8}
        menu={<PanelMenu panel={panel} range={range} plugins={plugins} />}
      >
        {(width, height) =>
          answer && <PanelBody panel={panel} range={range} answer={answer} size={{ width, height }} plugins={plugins} />
        }
      </ui.PanelChrome>
    </div>
  );
}

async function askPanel({ panel, range, plugins }: PanelProps): Promise<PanelAnswer> {
  const [target] = panel.targets;
  if (target === undefined) return { series: [], lines: [] };
  const expr = plugins.replace(target.expr ?? '');
  if (panel.datasource.uid === 'loki') return { series: [], lines: await askLogs(expr, range) };
  const { uid } = panel.datasource;
  const series =
    uid === 'prometheus' ? await askMetrics(uid, expr, target.legendFormat ?? '', range) : await askProfiles();
  const config = { ...panel.fieldConfig.defaults, color: { mode: data.FieldColorModeId.PaletteClassic } };
  if (panel.type === 'timeseries') {
    for (const field of series.flatMap(({ fields }) => fields)) field.config = { ...field.config, ...config };
  }
  return { series, lines: [] };

  async function askProfiles(): Promise<data.DataFrame[]> {
    const request = { targets: panel.targets, range, intervalMs: 15_000, scopedVars: {} };
    const response = await rxjs.firstValueFrom(rxjs.from(plugins.profiles.query(request as never)));
    if (response.errors?.[0] !== undefined) throw new Error(response.errors[0].message);
    return response.data as data.DataFrame[];
  }
}

interface BodyProps extends PanelProps {
  readonly answer: PanelAnswer;
  readonly size: { readonly width: number; readonly height: number };
}

function PanelBody({ panel, range, plugins, answer, size }: BodyProps) {
  switch (panel.type) {
    case 'timeseries':
      return (
        <ui.TimeSeries
          {...size}
          frames={answer.series}
          timeRange={range}
          timeZone="utc"
          legend={{ calcs: [], ...panel.options.legend } as React.ComponentProps<typeof ui.TimeSeries>['legend']}
        />
      );
    case 'logs':
      return <Lines lines={answer.lines} height={size.height} />;
    default: {
      const request = { targets: panel.targets } as never;
      const panelData = { series: answer.series, timeRange: range, state: data.LoadingState.Done, request };
      return <plugins.flameGraph panelData={panelData} {...size} />;
    }
  }
}

/** Grafana's own way to the links of apps: behind "Extensions". */
function PanelMenu({ panel, range, plugins }: PanelProps) {
  const items = plugins.app.addedLinkConfigs.flatMap((link) => {
    const targets: readonly string[] = [link.targets].flat();
    if (!targets.includes(data.PluginExtensionPoints.DashboardPanelMenu)) return [];
    const context = { targets: panel.targets, timeRange: range.raw, scopedVars: {} };
    const shown = link.configure?.(context);
    return shown === undefined ? [] : [<ui.Menu.Item key={link.title} label={link.title} url={shown.path} />];
  });
  return (
    <ui.Menu>
      <ui.Menu.Item label="Extensions" icon="plug" childItems={items} />
    </ui.Menu>
  );
}

function Lines({ lines, height }: { readonly lines: readonly ShownLine[]; readonly height: number | string }) {
  const { colors, typography } = ui.useTheme2();
  const colourOf: Readonly<Record<string, string>> = { warn: colors.warning.main, error: colors.error.main };
  return (
    <div role="log" style={{ height, overflowY: 'auto', font: `${typography.size.sm} monospace` }}>
      {lines.map(({ timeMillis, labels, text }, i) => (
        <div
          key={i}
          data-pod={labels['pod']}
          style={{ borderLeft: `3px solid ${colourOf[labels['level'] ?? ''] ?? colors.info.main}`, paddingLeft: 8 }}
        >
          {new Date(timeMillis).toISOString().slice(11, 23)} {text}
        </div>
      ))}
    </div>
  );
}

interface Pane {
  readonly datasource: string;
  readonly queries: readonly Target[];
  readonly range: data.RawTimeRange;
}

export async function showExplore(): Promise<React.ReactNode> {
  const panes = JSON.parse(parameters.get('panes') ?? '{}') as Readonly<Record<string, Pane>>;
  const [pane] = Object.values(panes);
  const [query] = pane?.queries ?? [];
  if (pane?.datasource !== 'loki' || query?.expr === undefined) throw new Error('Explore is asked for no logs');
  const lines = await askLogs(query.expr, rangeOf(pane.range));
  return (
    <>
      <ui.Field label="Loki">
        <ui.Input readOnly value={query.expr} />
      </ui.Field>
      <Lines lines={lines} height={600} />
    </>
  );
}

interface RuleDefaults {
  readonly name: string;
  readonly evaluateFor: string;
  readonly queries: readonly {
    readonly datasourceUid: string;
    readonly model: {
      readonly expr?: string;
      readonly conditions?: readonly { readonly evaluator: { readonly params: readonly number[] } }[];
    };
  }[];
}

export function showRuleEditor(): React.ReactNode {
  const { name, evaluateFor, queries } = JSON.parse(parameters.get('defaults') ?? '{}') as RuleDefaults;
  const query = queries.find(({ model }) => model.expr !== undefined);
  const [threshold] = queries.flatMap(({ model }) => model.conditions ?? []);
  const fields = {
    Name: name,
    'Data source': runtime.getDataSourceSrv().getInstanceSettings({ uid: query?.datasourceUid })?.name ?? '',
    Query: query?.model.expr ?? '',
    'Is above': String(threshold?.evaluator.params[0] ?? ''),
    'Pending period': evaluateFor,
  };
  return Object.entries(fields).map(([label, value]) => (
    <ui.Field key={label} label={label}>
      <ui.Input readOnly id={label} value={value} />
    </ui.Field>
  ));
}

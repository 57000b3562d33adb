/**
 * A real Prometheus on loopback, filled with given samples: what the evaluator is held against.
 *
 * Source: promtool tsdb create-blocks-from openmetrics; github.com/OpenObservability/OpenMetrics, text format.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelValue, metricNameLabel } from '../model/labels.ts';
import type { SampleSeries } from './sampleSource.ts';

export interface RunningPrometheus {
  readonly url: string;
  close(): Promise<void>;
}

/** undefined: there is none on this machine. */
export function findPrometheus(): string | undefined {
  const program = process.env.PYROLENS_PROMETHEUS ?? 'prometheus';
  const { status } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? program : undefined;
}

export async function startPrometheus(program: string, series: readonly SampleSeries[]): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'pyrolens-prometheus-'));
  const [samples, data, config] = ['samples.txt', 'data', 'prometheus.yml'].map((name) => join(folder, name));
  writeFileSync(samples ?? '', openMetricsOf(series));
  writeFileSync(config ?? '', 'global: {}\n');
  const promtool = program.replace(/prometheus$/, 'promtool');
  const filled = spawnSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', samples ?? '', data ?? ''], {
    encoding: 'utf8',
  });
  if (filled.status !== 0) throw new Error(`promtool failed: ${filled.stdout}${filled.stderr}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  await untilReady(url).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url, close };
}

function openMetricsOf(series: readonly SampleSeries[]): string {
  const byName = new Map<string, string[]>();
  for (const { labels, times, values } of series) {
    const name = labelValue(labels, metricNameLabel) ?? '';
    const lines = byName.get(name) ?? [`# TYPE ${name} gauge`];
    byName.set(name, lines);
    const inside = labels
      .filter((label) => label.name !== metricNameLabel)
      .map((label) => `${label.name}=${JSON.stringify(label.value)}`)
      .join(',');
    const spelt = (value: number): string =>
      isNaN(value) ? 'NaN' : isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
    times.forEach((time, i) => lines.push(`${name}{${inside}} ${spelt(values[i] ?? NaN)} ${time / 1_000}`));
  }
  return [...byName.values()].flat().concat('# EOF', '').join('\n');
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** As Prometheus and Alertmanager say it. */
export async function untilReady(url: string): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      if ((await fetch(`${url}/-/ready`)).status === 200) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > until) throw new Error(`${url} did not become ready in 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

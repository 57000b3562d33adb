/**
 * Writes a call graph in Graphviz's language, as `pprof -dot` does: people and language models read it.
 *
 * Shape:  N1 [label="name\nfile:line\nflat (share)\nof cumulative (share)" ...], N1 -> N2 [label=" weight" ...]; dotted
 *         arrows lead over nodes that are not shown. Larger letters stand for larger flat values.
 * Units:  nanoseconds as seconds with two decimals, bytes in the unit of the total, all else as it is.
 * Source: graphviz.org/doc/info/lang.html; recorded answers for labels.
 */
import type { CallGraph, GraphEdge, GraphNode } from '../../model/callGraph.ts';
import type { ProfileType } from '../../model/profileType.ts';

const smallestFont = 8;
const fontGrowth = 16;
const heaviestPen = 5;

export function writeDot(graph: CallGraph, { sampleType, sampleUnit }: ProfileType): string {
  const format = formatterOf(sampleUnit, graph.total);
  const title = graph.binary || 'unnamed';
  const largest = graph.nodes.reduce((most, { flat }) => Math.max(most, flat), 0);
  const lines = [
    `digraph ${quote(title)} {`,
    'node [style=filled fillcolor="#f8f8f8"]',
    `subgraph cluster_L { ${quote(legendTitle(graph, sampleType))} [shape=box fontsize=16 label="${legend(graph, sampleType, format)}"] }`,
    ...graph.nodes.map((node, i) => writeNode(node, i + 1, { graph, format, largest })),
    ...graph.edges.map((edge) => writeEdge(edge, graph, format)),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

type Format = (value: number) => string;

const legendTitle = ({ binary }: CallGraph, sampleType: string): string =>
  binary === '' ? `Type: ${sampleType}` : `File: ${binary}`;

function legend(
  { binary, buildId, nodes, nodeCount, total, timeNanos }: CallGraph,
  type: string,
  format: Format,
): string {
  const shown = nodes.reduce((sum, { flat }) => sum + flat, 0);
  const lines = [
    ...(binary === '' ? [] : [`File: ${binary}`]),
    ...(buildId === '' ? [] : [`Build ID: ${buildId}`]),
    `Type: ${type}`,
    `Time: ${new Date(Number(timeNanos / 1_000_000n)).toISOString()}`,
    `Showing nodes accounting for ${format(shown)}, ${percent(shown, total)} of ${format(total)} total`,
    ...(nodes.length < nodeCount ? [`Showing top ${nodes.length} nodes out of ${nodeCount}`] : []),
  ];
  return lines.map((line) => `${escape(line)}\\l`).join('');
}

interface Drawing {
  readonly graph: CallGraph;
  readonly format: Format;
  readonly largest: number;
}

function writeNode(node: GraphNode, number: number, { graph, format, largest }: Drawing): string {
  const { flat, cumulative } = node;
  const own = flat === 0 ? format(0) : `${format(flat)} (${percent(flat, graph.total)})`;
  const all =
    flat === cumulative
      ? ''
      : `${flat === 0 ? ' ' : '\\n'}of ${format(cumulative)} (${percent(cumulative, graph.total)})`;
  const font = smallestFont + (largest === 0 ? 0 : Math.ceil(fontGrowth * Math.sqrt(flat / largest)));
  const label = [...nameLines(node), own + all].join('\\n');
  const tooltip = escape(`${describe(node)} (${format(cumulative)})`);
  return `N${number} [label="${label}" id="node${number}" fontsize=${font} shape=box tooltip="${tooltip}"]`;
}

function writeEdge({ from, to, weight, isIndirect }: GraphEdge, { nodes, total }: CallGraph, format: Format): string {
  const share = total === 0 ? 0 : weight / total;
  const [caller, callee] = [nodes[from], nodes[to]].map((node) => (node === undefined ? '' : describe(node)));
  const tooltip = escape(`${caller} ${isIndirect ? '...' : '->'} ${callee} (${format(weight)})`);
  const attributes = [
    `label=" ${format(weight)}"`,
    `weight=${1 + Math.floor(100 * share)}`,
    `penwidth=${1 + Math.floor(heaviestPen * share)}`,
    `tooltip="${tooltip}"`,
    ...(isIndirect ? ['style="dotted"'] : []),
  ];
  return `N${from + 1} -> N${to + 1} [${attributes.join(' ')}]`;
}

const describe = ({ name, file, line }: GraphNode): string =>
  file === '' ? name : `${name} ${file}${line === 0 ? '' : `:${line}`}`;

/** Boxes are narrow: the name's parts stand one below the other, folders are left out. */
function nameLines({ name, file, line }: GraphNode): string[] {
  const place = file.slice(file.lastIndexOf('/') + 1);
  const parts = escape(shorten(name)).split(/::|\./);
  if (file === '') return parts;
  return [...parts, line === 0 ? escape(file) : `${escape(place)}:${line}`];
}

/** Paths of packages say little in a box: the last part with a dot stays. */
const shorten = (name: string): string => /^(?:[\w.-]+\/)+([^.]+\..+)/s.exec(name)?.[1] ?? name;

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const quote = (text: string): string => `"${escape(text)}"`;

function percent(value: number, total: number): string {
  const share = total === 0 ? 0 : (100 * value) / total;
  if (share >= 99.95 && share <= 100.05) return '100%';
  return share >= 1 ? `${share.toFixed(2)}%` : `${Number(share.toPrecision(2))}%`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

function formatterOf(unit: string, total: number): Format {
  if (unit === 'nanoseconds') return (value) => scaled(value / 1e9, 's');
  if (unit === 'bytes') {
    const power = total < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(total) / 10));
    return (value) => scaled(value / 1024 ** power, byteUnits[power] ?? 'B');
  }
  return (value) => scaled(value, '');
}

function scaled(value: number, unit: string): string {
  const digits = value.toFixed(2).replace(/\.00$/, '');
  return digits === '0' || digits === '-0' ? '0' : digits + unit;
}

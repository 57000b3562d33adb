import { suggestFlameGraph } from './suggestFlameGraph.ts';

const flame = { hasPreferredVisualisationType: (type: string) => type === 'flamegraph' };
const graph = { hasPreferredVisualisationType: (type: string) => type === 'graph' };

test('a flame graph is offered the panel, anything else is not', () => {
  expect(suggestFlameGraph(flame)).toHaveLength(1);
  expect(suggestFlameGraph(graph)).toBeUndefined();
  expect(suggestFlameGraph({})).toBeUndefined();
});

for (const [summary, count] of [
  [flame, 1],
  [graph, 0],
  [{ preferredVisualisationType: 'flamegraph' }, 1],
  [{}, 0],
] as const) {
  test(`Grafana 12.3's builder gets ${count} for ${JSON.stringify(Object.keys(summary))}`, () => {
    const appended: unknown[] = [];
    const getListAppender = () => ({ append: (suggestion: unknown) => appended.push(suggestion) });
    suggestFlameGraph.getSuggestionsForData({ dataSummary: summary, getListAppender });
    expect(appended).toHaveLength(count);
  });
}

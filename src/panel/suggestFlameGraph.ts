/**
 * Offers the panel when a query answers with a flame graph.
 *
 * Grafana 12.3 calls a method of the supplier, 13 calls the supplier: this one is a function that has the method.
 */
import type { PanelDataSummary, VisualizationSuggestion } from '@grafana/data';
import type { PanelOptions } from './panelOptions.ts';

const pluginId = 'pyrolens-flamegraph-panel';
const name = 'Pyrolens flame graph';

/** What both versions tell about the data. */
type Summary = Partial<Pick<PanelDataSummary, 'hasPreferredVisualisationType'>> & {
  readonly preferredVisualisationType?: string;
};

/** Grafana 12.3's builder, as far as it is needed. */
interface SuggestionsBuilder {
  readonly dataSummary: Summary;
  getListAppender(defaults: { readonly pluginId: string; readonly name: string }): {
    append(suggestion: { readonly name: string; readonly options: Partial<PanelOptions> }): void;
  };
}

// A preview card has room for the graph alone.
const previewOptions: Partial<PanelOptions> = { view: 'icicle' };

function suggest(summary: Summary): VisualizationSuggestion<PanelOptions>[] | undefined {
  if (!isFlameGraph(summary)) return undefined;
  const previewModifier = (suggestion: VisualizationSuggestion<PanelOptions>) => {
    suggestion.options = { ...suggestion.options, ...previewOptions };
  };
  return [{ name, score: 100, cardOptions: { previewModifier } }];
}

export const suggestFlameGraph = Object.assign(suggest, {
  getSuggestionsForData: (builder: SuggestionsBuilder) => {
    if (!isFlameGraph(builder.dataSummary)) return;
    builder.getListAppender({ pluginId, name }).append({ name, options: previewOptions });
  },
});

const isFlameGraph = (summary: Summary): boolean =>
  summary.hasPreferredVisualisationType?.('flamegraph') ?? summary.preferredVisualisationType === 'flamegraph';

/** What Grafana loads as the panel. */
import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { FlameGraphPanel } from './FlameGraphPanel.tsx';
import type { PanelOptions } from './panelOptions.ts';
import { defaultPanelOptions, views } from './panelOptions.ts';
import { suggestFlameGraph } from './suggestFlameGraph.ts';

/** The drawing formats values itself: of Grafana's field options only the unit means something to it. */
const otherFieldOptions = Object.values(FieldConfigProperty).filter(
  (property) => property !== FieldConfigProperty.Unit,
);

export const plugin = new PanelPlugin<PanelOptions>(FlameGraphPanel)
  .useFieldConfig({ disableStandardOptions: otherFieldOptions })
  .setPanelOptions((builder) => {
    builder
      .addSelect({
        path: 'view',
        name: 'View',
        defaultValue: defaultPanelOptions.view,
        settings: { options: views.map((view) => ({ ...view })) },
      })
      .addTextInput({
        path: 'search',
        name: 'Search',
        description: 'A regular expression; functions that fit are highlighted.',
        defaultValue: defaultPanelOptions.search,
      });
  })
  .setSuggestionsSupplier(suggestFlameGraph);

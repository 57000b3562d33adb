/** What Grafana loads as the panel. */
import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { FlameGraphPanel } from './FlameGraphPanel.tsx';
import type { PanelOptions } from './panelOptions.ts';
import { colours, defaultPanelOptions, views } from './panelOptions.ts';
import { suggestFlameGraph } from './suggestFlameGraph.ts';

/** The drawing formats values itself: of Grafana's field options only unit and links mean something to it. */
const otherFieldOptions = Object.values(FieldConfigProperty).filter(
  (property) => property !== FieldConfigProperty.Unit && property !== FieldConfigProperty.Links,
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
      .addSelect({
        path: 'colour',
        name: 'Colour',
        description: 'What the colour of a bar tells.',
        defaultValue: 'default',
        settings: { options: colours.map((colour) => ({ ...colour })) },
      })
      .addBooleanSwitch({
        path: 'collapseRecursion',
        name: 'Collapse recursion',
        description: 'A function that calls itself, directly or through others, is one bar.',
        defaultValue: false,
      })
      .addTextInput({
        path: 'search',
        name: 'Search',
        description: 'A regular expression; functions that fit are highlighted.',
        defaultValue: defaultPanelOptions.search,
      });
  })
  .setSuggestionsSupplier(suggestFlameGraph);

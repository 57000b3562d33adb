/** Which functions: names out of the profiles, or expressions that are searched for in names. */
import type { TimeRange } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';
import { InlineField, MultiCombobox } from '@grafana/ui';
import type { Catalog } from '../data/catalog.ts';
import { labelOfPattern, nameOfPattern, patternOfName } from '../data/functionPattern.ts';
import { optionsMatching } from './optionsMatching.ts';

interface Props {
  readonly catalog: Catalog;
  readonly range: TimeRange | undefined;
  readonly profileTypeId: string;
  readonly labelSelector: string;
  readonly functions: readonly string[];
  readonly onChange: (functions: string[]) => void;
}

export function FunctionsField({ catalog, range, profileTypeId, labelSelector, functions, onChange }: Props) {
  const options = async (typed: string): Promise<ComboboxOption[]> => {
    const names = await optionsMatching(typed, catalog.functionNames(profileTypeId, labelSelector, range));
    return names.map(({ value }) => ({ value: patternOfName(value), label: value }));
  };
  return (
    <InlineField
      label="Functions"
      grow
      tooltip="Choose a function, or type a regular expression that is searched for in function names: json|gzip"
    >
      <MultiCombobox
        aria-label="Functions"
        width="auto"
        minWidth={32}
        maxWidth={100}
        placeholder="json.*"
        createCustomValue
        options={options}
        value={functions.map((pattern) => ({
          value: pattern,
          label: nameOfPattern(pattern) === undefined ? `/${pattern}/` : labelOfPattern(pattern),
        }))}
        onChange={(chosen) => onChange(chosen.map(({ value }) => value))}
      />
    </InlineField>
  );
}

/** Options of a Combobox that asks the server while a person types. */
import type { ComboboxOption } from '@grafana/ui';

/** A list longer than this helps nobody; typing narrows it. */
const mostOptions = 1000;

export async function optionsMatching(
  typed: string,
  values: Promise<readonly string[]>,
  labelOf: (value: string) => string = (value) => value,
): Promise<ComboboxOption[]> {
  const wanted = typed.toLowerCase();
  const found = (await values).filter((value) => value.toLowerCase().includes(wanted)).slice(0, mostOptions);
  return found.map((value) => {
    const label = labelOf(value);
    return label === value ? { value } : { value, label, description: value };
  });
}

/** The form at the top: shows the state and what there is to choose from, and tells what a person changed. */
import { profileTypeLabel } from '../flamegraph/profileTypeMeaning.ts';
import { element, find } from './element.ts';
import type { Choices } from './explore.ts';
import type { PageState } from './pageState.ts';
import type { TimeChoice } from './timeRange.ts';
import { durationMillis, durationText, offeredTimes, rangeOf } from './timeRange.ts';

const customTime = 'custom';
const refreshChoices = [0, 5, 15, 30, 60, 300];

export interface Controls {
  show(state: PageState, choices: Choices | undefined): void;
  /** Most servers have no tenants: the field is there once one is needed. */
  askTenant(): void;
}

export interface ControlsOptions {
  readonly onChange: (part: Partial<PageState>) => void;
  readonly onRefresh: () => void;
}

export function connectControls({ onChange, onRefresh }: ControlsOptions): Controls {
  const tenant = find('#tenant', HTMLInputElement);
  const service = find('#service', HTMLSelectElement);
  const profileType = find('#profile-type', HTMLSelectElement);
  const labels = find('#labels', HTMLInputElement);
  const every = find('#refresh-every', HTMLSelectElement);
  const time = connectTime((choice) => onChange({ time: choice }));
  every.replaceChildren(
    ...refreshChoices.map((seconds) => option(String(seconds), seconds === 0 ? 'off' : secondsLabel(seconds))),
  );
  tenant.addEventListener('change', () => onChange({ tenant: tenant.value.trim(), service: '', profileType: '' }));
  // Another service has other types: the best of them is chosen anew.
  service.addEventListener('change', () => onChange({ service: service.value, profileType: '' }));
  profileType.addEventListener('change', () => onChange({ profileType: profileType.value }));
  labels.addEventListener('change', () => onChange({ labels: labels.value.trim() }));
  every.addEventListener('change', () => onChange({ refreshSeconds: Number(every.value) }));
  find('#controls', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    onRefresh();
  });
  return {
    show: (state, choices) => {
      if (state.tenant !== '') find('#tenant-field', HTMLElement).hidden = false;
      if (document.activeElement !== tenant) tenant.value = state.tenant;
      showOptions(service, choices?.services ?? [], choices?.service ?? state.service, (value) => value);
      showOptions(
        profileType,
        choices?.profileTypes ?? [],
        choices?.profileType ?? state.profileType,
        profileTypeLabel,
      );
      // Not under the fingers of who is typing.
      if (document.activeElement !== labels) labels.value = state.labels;
      every.value = String(state.refreshSeconds);
      time.show(state.time);
    },
    askTenant: () => {
      find('#tenant-field', HTMLElement).hidden = false;
      tenant.focus();
    },
  };
}

function connectTime(onChange: (choice: TimeChoice) => void): { show: (choice: TimeChoice) => void } {
  const range = find('#range', HTMLSelectElement);
  const custom = find('#custom-range', HTMLElement);
  const from = find('#from', HTMLInputElement);
  const until = find('#until', HTMLInputElement);
  let shown: TimeChoice | undefined;
  const showCustom = (choice: TimeChoice) => {
    const { startMillis, endMillis } = rangeOf(choice, Date.now());
    from.value = localText(startMillis);
    until.value = localText(endMillis);
    custom.hidden = false;
  };
  range.addEventListener('change', () => {
    if (range.value === customTime) {
      if (shown !== undefined) showCustom(shown);
      from.focus();
    } else {
      onChange({ kind: 'last', millis: durationMillis(range.value) });
    }
  });
  for (const input of [from, until]) {
    input.addEventListener('change', () => {
      const [startMillis, endMillis] = [Date.parse(from.value), Date.parse(until.value)];
      const isRange = startMillis < endMillis;
      until.setCustomValidity(isRange ? '' : 'The end must be later than the start.');
      if (isRange) onChange({ kind: 'between', startMillis, endMillis });
      else until.reportValidity();
    });
  }
  return {
    show: (choice) => {
      shown = choice;
      const text = choice.kind === 'last' ? durationText(choice.millis) : customTime;
      const isOffered = text === customTime || offeredTimes.some((offered) => offered.text === text);
      range.replaceChildren(
        ...offeredTimes.map((offered) => option(offered.text, offered.label)),
        ...(isOffered ? [] : [option(text, `last ${text}`)]),
        option(customTime, 'between …'),
      );
      range.value = text;
      if (choice.kind === 'between') showCustom(choice);
      else custom.hidden = true;
    },
  };
}

/** What is chosen stays in the list even when the range has none of it. */
function showOptions(
  select: HTMLSelectElement,
  values: readonly string[],
  chosen: string,
  labelOf: (value: string) => string,
): void {
  const all = chosen === '' || values.includes(chosen) ? values : [chosen, ...values];
  const isSame = all.length === select.options.length && all.every((value, i) => select.options[i]?.value === value);
  // A list that is open must not jump.
  if (!isSame) select.replaceChildren(...all.map((value) => option(value, labelOf(value))));
  select.value = chosen;
  select.title = chosen;
}

const option = (value: string, label: string): HTMLOptionElement => element('option', { value }, label);

const secondsLabel = (seconds: number): string => (seconds < 60 ? `${seconds} s` : `${seconds / 60} min`);

/** As datetime-local has it: local time without a zone. */
function localText(millis: number): string {
  const zoneMillis = new Date(millis).getTimezoneOffset() * 60_000;
  return new Date(millis - zoneMillis).toISOString().slice(0, 19);
}

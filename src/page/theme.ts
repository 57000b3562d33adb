/** Light or dark: as the system has it, or as a person chose here. The colours stand in page.css alone. */
import type { FlameGraphTheme } from '../flamegraph/mountFlameGraph.types.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

const storageKey = 'pyrolens.theme';
const order: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const icons: Readonly<Record<ThemeChoice, string>> = { system: '◐', light: '☀', dark: '☾' };

/** Returns what reads the colours that hold now. */
export function followTheme(button: HTMLButtonElement, onChange: () => void): () => FlameGraphTheme {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let choice = storedChoice();
  const apply = () => {
    if (choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
    button.textContent = icons[choice];
    button.title = `Colours: ${choice}`;
    button.setAttribute('aria-label', `Colours: ${choice}`);
  };
  apply();
  button.addEventListener('click', () => {
    choice = order[(order.indexOf(choice) + 1) % order.length] ?? 'system';
    localStorage.setItem(storageKey, choice);
    apply();
    onChange();
  });
  system.addEventListener('change', () => {
    if (choice === 'system') onChange();
  });
  return () => readTheme(choice === 'system' ? system.matches : choice === 'dark');
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return order.find((choice) => choice === stored) ?? 'system';
}

function readTheme(isDark: boolean): FlameGraphTheme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    isDark,
    fontFamily: getComputedStyle(document.body).fontFamily,
    text: colour('--text'),
    secondaryText: colour('--secondary-text'),
    background: colour('--panel'),
    secondaryBackground: colour('--field'),
    border: colour('--border'),
    accent: colour('--accent'),
  };
}

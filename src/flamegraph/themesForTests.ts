/** Two themes as Grafana and the page give them. */
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';

export const lightTheme: FlameGraphTheme = {
  isDark: false,
  fontFamily: 'sans-serif',
  text: 'rgb(36, 41, 46)',
  secondaryText: 'rgba(36, 41, 46, 0.75)',
  background: '#ffffff',
  secondaryBackground: '#f4f5f5',
  border: 'rgba(36, 41, 46, 0.12)',
  accent: '#3871dc',
};

export const darkTheme: FlameGraphTheme = {
  ...lightTheme,
  isDark: true,
  text: 'rgb(204, 204, 220)',
  secondaryText: 'rgba(204, 204, 220, 0.65)',
  background: '#181b1f',
  secondaryBackground: '#22252b',
};

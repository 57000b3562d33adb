/** Grafana's theme in the drawing's words. */
import type { GrafanaTheme2 } from '@grafana/data';
import type { FlameGraphTheme } from '../../flamegraph/mountFlameGraph.types.ts';

export const themeOf = ({ isDark, colors, typography }: GrafanaTheme2): FlameGraphTheme => ({
  isDark,
  fontFamily: typography.fontFamily,
  text: colors.text.primary,
  secondaryText: colors.text.secondary,
  background: colors.background.primary,
  secondaryBackground: colors.background.secondary,
  border: colors.border.weak,
  accent: colors.primary.main,
});

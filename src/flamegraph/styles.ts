/** Style sheet of the drawing, and the theme's colours as custom properties of its root. */
import type { FlameGraphTheme } from './mountFlameGraph.types.ts';
import { css } from './styleSheet.ts';

export const fontPixels = 12;

export function applyTheme(root: HTMLElement, theme: FlameGraphTheme): void {
  const values: Readonly<Record<string, string>> = {
    '--plens-font': theme.fontFamily,
    '--plens-text': theme.text,
    '--plens-secondary-text': theme.secondaryText,
    '--plens-background': theme.background,
    '--plens-secondary-background': theme.secondaryBackground,
    '--plens-border': theme.border,
    '--plens-accent': theme.accent,
  };
  for (const [name, value] of Object.entries(values)) root.style.setProperty(name, value);
  root.style.colorScheme = theme.isDark ? 'dark' : 'light';
}

/**
 * Puts the style sheet where the root stands. A constructed sheet also works under a content security policy that
 * forbids style elements; where there is none, a style element inside the root does it. Returns what takes it away.
 */
export function addStyles(root: HTMLElement): () => void {
  const scope = root.getRootNode();
  const canAdopt = scope instanceof Document || scope instanceof ShadowRoot;
  if (!canAdopt || !('adoptedStyleSheets' in scope)) {
    const style = document.createElement('style');
    style.textContent = css;
    root.prepend(style);
    return () => style.remove();
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, sheet];
  return () => {
    scope.adoptedStyleSheets = scope.adoptedStyleSheets.filter((each) => each !== sheet);
  };
}

/** What the colours mean, where they are few enough to be named: changes in points, own values, runtimes. */
import type { Palette } from './barColours.ts';
import { changeSteps, diffColour, ownShareColour, ownShareSteps } from './barColours.ts';
import type { ColourMode } from './colourModes.ts';
import { runtimes } from './colourModes.ts';
import { element } from './element.ts';
import { formatShare } from './formatValue.ts';

export class Legend {
  readonly root = element('div', 'plens-legend');

  /** `toldShare`: of how much of the value an agent said what runs it. */
  show(mode: ColourMode, palette: Palette, toldShare: number): void {
    const fill = (colour: number): string => palette.full[colour]?.fill ?? '';
    this.root.hidden = mode === 'package' || mode === 'binary';
    this.root.replaceChildren(...this.partsFor(mode, fill, toldShare));
  }

  private partsFor(mode: ColourMode, fill: (colour: number) => string, toldShare: number): readonly HTMLElement[] {
    switch (mode) {
      case 'diff': {
        const most = changeSteps.length;
        const steps = Array.from({ length: 2 * most + 1 }, (_, i) => i - most);
        const label = (step: number): string => {
          const points = (changeSteps[Math.abs(step) - 1] ?? 0) * 100;
          return step === 0 ? '0' : `${step < 0 ? '−' : '+'}${points}`;
        };
        const swatches = steps.map((step) => swatch(label(step), fill(diffColour(step, false))));
        const hatched = element('span', 'plens-legend-entry plens-legend-hatched', {}, 'new or gone');
        return [caption('Change in points:'), ...swatches, hatched];
      }
      case 'value': {
        const bounds = [0, ...ownShareSteps];
        return [
          caption('Own share:'),
          ...bounds.map((share) => swatch(`≥ ${share * 100} %`, fill(ownShareColour(share)))),
        ];
      }
      case 'runtime':
        return [...runtimes.map(([, label, colour]) => swatch(label, fill(colour))), caption(sourceOf(toldShare))];
      case 'package':
      case 'binary':
        return [];
    }
  }
}

function sourceOf(toldShare: number): string {
  if (toldShare === 0) return 'guessed from names';
  if (toldShare >= 0.9995) return 'as the agents told';
  return `${formatShare(toldShare, 1)} as the agents told, the rest guessed from names`;
}

const caption = (text: string): HTMLElement => element('span', 'plens-legend-caption', {}, text);

function swatch(text: string, fill: string): HTMLElement {
  const colour = element('span', 'plens-cell-colour', { 'aria-hidden': 'true' });
  colour.style.background = fill;
  return element('span', 'plens-legend-entry', {}, colour, text);
}

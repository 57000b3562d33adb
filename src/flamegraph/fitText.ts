/**
 * Says how much of a text fits into a bar, from widths of single characters: thousands of bars are labelled in a frame,
 * and each of them may have a name that was never measured before.
 *
 * Units:  pixels.
 */
import { shortNameOf } from './packageOf.ts';

export interface TextMeasure {
  widthOf(text: string): number;
  /** The text, or its beginning with an ellipsis; empty when fewer than three characters would be left. */
  fit(text: string, roomPixels: number): string;
}

const fewestCharacters = 3;
const ellipsis = '…';
/** More characters than these are taken to be as wide as an M; it bounds what strangers' names make us keep. */
const mostWidths = 4_096;

export function makeTextMeasure(measure: (text: string) => number): TextMeasure {
  const widths = new Map<string, number>();
  const widthOfM = measure('M');
  const widthOfCharacter = (character: string): number => {
    const known = widths.get(character);
    if (known !== undefined) return known;
    if (widths.size >= mostWidths) return widthOfM;
    const width = measure(character);
    widths.set(character, width);
    return width;
  };
  const widthOf = (text: string): number => {
    let width = 0;
    for (const character of text) width += widthOfCharacter(character);
    return width;
  };
  const fit = (text: string, roomPixels: number): string => {
    const room = roomPixels - widthOfCharacter(ellipsis);
    let width = 0;
    let kept = '';
    let count = 0;
    for (const character of text) {
      width += widthOfCharacter(character);
      if (width > roomPixels) return count < fewestCharacters ? '' : kept + ellipsis;
      if (width <= room) {
        kept += character;
        count++;
      }
    }
    return text;
  };
  return { widthOf, fit };
}

const gap = '  ';
/** Three characters fit into no less, whatever the font: spares most bars the measuring. */
export const narrowestLabel = 12;

/** What stands in a bar: name and share, else the name, else its short form, else as much of that as fits. */
export function labelOf(name: string, share: string, roomPixels: number, text: TextMeasure): string {
  if (roomPixels < narrowestLabel) return '';
  const whole = text.fit(name, roomPixels);
  if (whole !== name) return text.fit(shortNameOf(name), roomPixels);
  return text.widthOf(name + gap + share) <= roomPixels ? name + gap + share : name;
}

const longestShown = 1_000;

/** A name fit for showing: names are strangers' input, may be huge, and may hold characters that turn or break lines. */
export function shownName(name: string): string {
  if (name === '') return '(no name)';
  const cut = name.length > longestShown ? name.slice(0, longestShown) + ellipsis : name;
  return cut.replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '\ufffd');
}

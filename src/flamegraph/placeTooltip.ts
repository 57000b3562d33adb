/**
 * Finds the place of a tooltip: below its bar, above when there is more room, never on it.
 *
 * Units:  CSS pixels in one frame of reference, that of `bounds`.
 */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface TooltipPlace {
  readonly left: number;
  readonly top: number;
  /** What there is room for; a taller tooltip is cut, as it must not reach over the bar. */
  readonly maxHeight: number;
}

const gap = 6;

export function placeTooltip(
  bar: Box,
  pointerX: number,
  size: { readonly width: number; readonly height: number },
  bounds: Box,
): TooltipPlace {
  const roomAbove = bar.top - gap - bounds.top;
  const roomBelow = bounds.top + bounds.height - (bar.top + bar.height + gap);
  const isBelow = roomBelow >= size.height || roomBelow >= roomAbove;
  const maxHeight = Math.max(0, isBelow ? roomBelow : roomAbove);
  const height = Math.min(size.height, maxHeight);
  const top = isBelow ? bar.top + bar.height + gap : bar.top - gap - height;
  const furthest = bounds.left + bounds.width - size.width;
  const left = Math.max(bounds.left, Math.min(pointerX + gap, furthest));
  return { left, top, maxHeight };
}

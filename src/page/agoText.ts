/** How long ago something was, for people: "12 s ago". Clocks that differ a little are "now". */
const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

export function agoText(millis: number, nowMillis: number): string {
  const ago = nowMillis - millis;
  const unit = units.find(([size]) => ago >= size);
  return unit === undefined ? 'now' : `${Math.floor(ago / unit[0])} ${unit[1]} ago`;
}

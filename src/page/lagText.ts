/** How late profiles come, for people: from the end of a profile until it was there. */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

export function lagText(millis: number): string {
  // Clocks of two machines differ by a little.
  if (millis <= -second) return `its clock is ${spanText(-millis)} ahead`;
  return millis < second ? 'comes at once' : `comes ${spanText(millis)} late`;
}

function spanText(millis: number): string {
  if (millis < minute) return `${Math.floor(millis / second)} s`;
  return millis < hour ? `${Math.floor(millis / minute)} min` : `${Math.floor(millis / hour)} h`;
}

/** The zone of the reader's own clock: for what belongs to no property. */
export function readersZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

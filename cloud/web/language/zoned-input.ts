/*
 * Temporal does this too, in 20 KB of script until browsers bring it themselves; test/pages-served.test.ts holds the
 * two against each other.
 */
const DAY_MS = 86_400_000;

/**
 * What `<input type="datetime-local">` holds, read as wall-clock time of a property, whatever zone the reader is in.
 * A time that a change of clocks skips is moved forward by the gap, a repeated one is the earlier of the two.
 * @param zone IANA name.
 * @returns RFC 3339, UTC.
 */
export function instantOf(local: string, zone: string): string {
  const wall = Date.parse(`${local}Z`);
  // No zone changes its clocks twice within two days: one of these offsets was in force.
  const [before, after] = [offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)];
  const meant = [wall - before, wall - after].filter((instant) => wallAt(instant, zone) === wall);
  return new Date(meant.length === 0 ? wall - before : Math.min(...meant)).toISOString().replace(".000Z", "Z");
}

/** An instant as `<input type="datetime-local">` takes it, in the property's wall-clock time, to the minute. */
export function localOf(instant: string, zone: string): string {
  return new Date(wallAt(Date.parse(instant), zone)).toISOString().slice(0, 16);
}

/** Now there, plus so many days, as `<input type="datetime-local">` takes it. */
export function localIn(days: number, zone: string): string {
  const wall = new Date(wallAt(Date.now(), zone) + days * DAY_MS).toISOString().slice(0, 16);
  return localOf(instantOf(wall, zone), zone);
}

/** @returns ms that clocks there are ahead of UTC at an instant (Unix ms). */
function offsetAt(instant: number, zone: string): number {
  return wallAt(instant, zone) - Math.floor(instant / 1_000) * 1_000;
}

/** What clocks there show at an instant (Unix ms), to the second, as if it were UTC. */
function wallAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(new Date(instant));
  const [year, month, day, hour, minute, second] = (["year", "month", "day", "hour", "minute", "second"] as const).map((wanted) => Number(parts.find(({ type }) => type === wanted)!.value));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

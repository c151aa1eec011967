import { Temporal } from "temporal-polyfill";

/**
 * What `<input type="datetime-local">` holds, read as wall-clock time of a property, whatever zone the reader is in.
 * A time that a change of clocks skips is moved forward by the gap, a repeated one is the earlier of the two.
 * @param zone IANA name.
 * @returns RFC 3339, UTC.
 */
export function instantOf(local: string, zone: string): string {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: "compatible" }).toInstant().toString();
}

/** An instant as `<input type="datetime-local">` takes it, in the property's wall-clock time, to the minute. */
export function localOf(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: "minute" });
}

/** Now there, plus so many days, as `<input type="datetime-local">` takes it. */
export function localIn(days: number, zone: string): string {
  return Temporal.Now.zonedDateTimeISO(zone).add({ days }).toPlainDateTime().toString({ smallestUnit: "minute" });
}

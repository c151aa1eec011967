import { encodeHolidays } from "../../protocol/schedule";
import type { PropertyRow } from "../store/rows/property-rows";
import { yesterday, type DoorSurroundings } from "./door-surroundings";
import { utcOffsetTable } from "./utc-offset-table";

const DAY_MS = 86_400_000;

/** The surroundings that all doors of a property share. @param now Unix seconds. */
export function surroundingsOf(property: Pick<PropertyRow, "time_zone" | "holidays">, now: number): DoorSurroundings {
  return {
    utcOffsets: utcOffsetTable(property.time_zone, now),
    holidays: encodeHolidays(holidayNumbers(property).filter((day) => day >= yesterday(now))),
  };
}

/** The property's holidays as days since 1970-01-01, ascending. */
function holidayNumbers({ holidays }: Pick<PropertyRow, "holidays">): number[] {
  const dates = JSON.parse(holidays) as string[];
  return [...new Set(dates.map((date) => Date.parse(`${date}T00:00:00Z`) / DAY_MS))].sort((a, b) => a - b);
}

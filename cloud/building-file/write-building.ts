import { stringify } from "csv-stringify/sync";
import { formatList, formatMoment, formatOutputs, formatWindows } from "./cell-formats";
import { COLUMNS, HEADER, KINDS, USES, type Column } from "./columns";
import { harmless } from "./read-csv";
import type { Building, KnownRecord } from "./values";

/**
 * A property as a file: UTF-8 with its mark, commas, Windows line ends, as RFC 4180 and spreadsheets have it. No cell is
 * a formula. Read again it changes nothing.
 */
export function writeBuilding(building: Building): string {
  const records = building.known.map((record) => ({ ...record, order: orderOf(record) })).sort((a, b) => (a.order < b.order ? -1 : 1));
  const lines = records.map((record) => [record.kind, ...COLUMNS.map((column) => harmless(cellOf(building, record, column)))]);
  return stringify([[...HEADER], ...lines], { bom: true, record_delimiter: "windows" });
}

/** As people look for things, and the same wherever it is written. */
function orderOf({ kind, record, values: { unit = "", person = "", name = "" } }: KnownRecord): string {
  return [KINDS.indexOf(kind), unit, person, name, record].join("\n");
}

function cellOf({ doorNames, timeZone }: Building, { kind, values }: KnownRecord, column: Column): string {
  if (USES[kind][column] === undefined) return "";
  switch (column) {
    case "doors":
      return formatList((values.doors ?? []).map((door) => doorNames.get(door) ?? door));
    case "windows":
      return formatWindows(values.windows ?? []);
    case "start":
    case "end":
      return values[column] === undefined || values[column] === null ? "" : formatMoment(values[column], timeZone);
    case "uses":
      return values.uses === undefined || values.uses.count === 0 ? "" : `${values.uses.count}${values.uses.together ? " together" : ""}`;
    case "outputs":
      return values.outputs === undefined ? "" : formatOutputs(values.outputs);
    case "groups":
    case "permissions":
      return formatList(values[column] ?? []);
    default:
      return values[column] ?? "";
  }
}

import { HOLDER_CLASSES, type HolderClassName } from "../access/grant";
import { findOverlap } from "../access/window";
import { parseIdentifier, type Identifier, type Region } from "../accounts/identifier";
import { GROUP_PERMISSIONS } from "../groups/permissions";
import { CARD_BYTES_MAX, CARD_BYTES_MIN, DOORS_PER_GRANT_MAX, NAME_CHARACTERS_MAX } from "../limits";
import { BUILT_IN_PROFILES } from "../profiles/profile";
import { Refusal } from "../refusal";
import { parseList, parseMoment, parseOutputs, parseWindows } from "./cell-formats";
import { COLUMNS, USES, type Column, type Fault } from "./columns";
import type { Row } from "./read-csv";
import type { Building, FileRecord, Values } from "./values";

/** What cells are read with. */
export interface Reading {
  building: Pick<Building, "doors" | "timeZone">;
  region: Region | undefined;
}

/** Reads all cells of a line. @returns also a fault for each that cannot be read. */
export function parseRow(reading: Reading, { line, kind, cells }: Row): { record: FileRecord; faults: Fault[] } {
  const faults: Fault[] = [];
  const values: Values = {};
  for (const column of COLUMNS) {
    const cell = cells[column];
    if (cell === undefined) continue;
    const use = USES[kind][column];
    if (use === undefined) {
      if (cell !== "") faults.push({ line, column, code: "not-for-this-kind", detail: `A line "${kind}" has nothing in the column "${column}".` });
      continue;
    }
    if (cell === "" && (use.silent === true || use.needed === true)) continue;
    try {
      Object.assign(values, { [column]: PARSERS[column](cell, reading) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      faults.push({ line, column, code: (error.members["fault"] as string | undefined) ?? error.code, detail: error.message });
    }
  }
  return { record: { line, kind, values }, faults };
}

type Parser<Value> = (cell: string, reading: Reading) => Value;

const PARSERS: { [Name in Column]: Parser<Values[Name]> } = {
  id: (cell) => match(cell.toLowerCase(), /^[0-9a-f]{16}$/, "An id has 16 hexadecimal digits; for something new the cell is empty."),
  name,
  unit: name,
  household: name,
  template: optionalName,
  person: name,
  number: (cell) => (cell === "" ? null : match(cell, /^[0-9]{1,6}$/, "A unit number has 1 to 6 digits.")),
  doors: parseDoors,
  email: (cell, { region }) => identifier("email", cell, region),
  phone: (cell, { region }) => identifier("phone", cell, region),
  class: (cell) => oneOf<HolderClassName>(cell, HOLDER_CLASSES),
  key: (cell) => oneOf(cell, ["pin", "card", "app"] as const),
  card: (cell) => match(cell.toLowerCase().replace(/[\s:]/g, ""), CARD, `A card's number has ${CARD_BYTES_MIN} to ${CARD_BYTES_MAX} bytes, each of two hexadecimal digits. Has a spreadsheet cut off zeros?`),
  profile: (cell) => (BUILT_IN_PROFILES as readonly string[]).includes(cell.toLowerCase()) ? cell.toLowerCase() : optionalName(cell),
  windows: parseTimes,
  start: (cell, reading) => moment(cell, reading, "start"),
  end: (cell, reading) => (cell === "" ? null : moment(cell, reading, "end")),
  uses: parseUses,
  outputs: (cell) => parseOutputs(cell) ?? refuse("Outputs are numbers from 0 on, such as 0 | 1."),
  groups: (cell) => [...new Set(parseList(cell).map((part) => name(part)))].sort(),
  permissions: (cell) => [...new Set(parseList(cell).map((part) => oneOf(part, GROUP_PERMISSIONS)))].sort(),
  language: (cell) => oneOf(cell, ["en", "fr"] as const),
};

/** `3`, or `3 together` for several doors. */
function parseUses(cell: string): NonNullable<Values["uses"]> {
  if (cell === "") return { count: 0, together: false };
  const [, count, together] = /^([1-9][0-9]{0,2})( +together)?$/i.exec(cell) ?? [];
  if (count === undefined || Number(count) > USES_MAX) refuse(`Uses are a number from 1 to ${USES_MAX}, such as 1 or, for several doors, 1 together; empty = as often as one likes.`);
  return { count: Number(count), together: together !== undefined };
}

const USES_MAX = 255;
const CARD = new RegExp(`^([0-9a-f]{2}){${CARD_BYTES_MIN},${CARD_BYTES_MAX}}$`);

/** @throws {Refusal} with the fault's code among its members. */
function refuse(detail: string, fault = "bad-value"): never {
  throw new Refusal("invalid-request", detail, { fault });
}

function match(cell: string, pattern: RegExp, detail: string): string {
  return pattern.test(cell) ? cell : refuse(detail);
}

function name(cell: string): string {
  if (cell.length > NAME_CHARACTERS_MAX) refuse(`A name has at most ${NAME_CHARACTERS_MAX} characters.`);
  // As the API has it: no control characters, no halves of pairs.
  return match(cell, /^[^\u0000-\u001f\u007f\ud800-\udfff]*$/u, "A name is on one line, without control characters.");
}

function optionalName(cell: string): string | null {
  return cell === "" ? null : name(cell);
}

function oneOf<Word extends string>(cell: string, words: readonly Word[]): Word {
  return words.find((word) => word === cell.toLowerCase()) ?? refuse(`One of: ${words.join(", ")}.`);
}

function identifier(kind: Identifier["kind"], cell: string, region: Region | undefined): string {
  const parsed = parseIdentifier(cell, region);
  return parsed.kind === kind ? parsed.value : refuse(kind === "email" ? "This is no e-mail address." : "This is no phone number.", "bad-identifier");
}

function parseDoors(cell: string, { building }: Reading): string[] {
  const found = new Set<string>();
  for (const part of parseList(cell)) {
    if (!building.doors.has(part)) refuse(`There is no door "${part.slice(0, NAME_CHARACTERS_MAX)}" at this property.`, "unknown-door");
    found.add(building.doors.get(part) ?? refuse(`Several doors are called "${part}": write the id of the one that is meant.`, "ambiguous"));
  }
  if (found.size > DOORS_PER_GRANT_MAX) refuse(`At most ${DOORS_PER_GRANT_MAX} doors.`);
  return [...found].sort();
}

function parseTimes(cell: string): NonNullable<Values["windows"]> {
  const windows = parseWindows(cell) ?? refuse("Times are written like: mon-fri 08:00-18:00 | sat 09:00-12:00 holidays.");
  const collision = findOverlap(windows);
  if (collision !== undefined) refuse("Two of these times share a part of the week; they may touch but not overlap.", "windows-overlap");
  return windows;
}

function moment(cell: string, { building }: Reading, edge: "start" | "end"): number {
  return parseMoment(cell, building.timeZone, edge) ?? refuse("A day is written like 2026-12-24, a time like 2026-12-24 18:00.");
}

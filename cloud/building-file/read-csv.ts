import { CsvError, parse, type Info } from "csv-parse/sync";
import { IMPORT_ROWS_MAX } from "../limits";
import { COLUMNS, HEADER, KINDS, type Column, type Fault, type Kind } from "./columns";

/** A line of the file whose kind is known; cells of the columns that the file has, trimmed. */
export interface Row {
  line: number;
  kind: Kind;
  cells: Partial<Record<Column, string>>;
}

export interface Table {
  rows: Row[];
  faults: Fault[];
}

/**
 * Reads comma-separated values as spreadsheets write them (RFC 4180 and what they make of it): UTF-8 with or without a
 * mark, UTF-16 with one; commas, semicolons or tabs; any line ends; a first line `sep=;`.
 * @returns all lines that can be read, and every fault of the others.
 */
export function readCsv(bytes: Uint8Array): Table {
  const text = decode(bytes);
  if (typeof text !== "string") return { rows: [], faults: [text] };
  const { body, skipped, delimiter } = findDelimiter(text);
  const lines = split(body, delimiter);
  if ("fault" in lines) return { rows: [], faults: [{ ...lines.fault, line: lines.fault.line + skipped }] };
  const [header, ...records] = lines.records;
  if (header === undefined) return { rows: [], faults: [{ line: 1, code: "empty-file", detail: "The file is empty: its first line names the columns." }] };
  const names = header.cells.map((name) => name.trim().toLowerCase());
  const faults = faultsOfHeader(names, header.line + skipped);
  if (records.length > IMPORT_ROWS_MAX) faults.push({ line: 1, code: "too-many-lines", detail: `A file has at most ${IMPORT_ROWS_MAX} lines: cut it in several.` });
  if (faults.length > 0) return { rows: [], faults };
  const rows: Row[] = [];
  for (const { line, cells } of records) {
    const row = readRow(names, line + skipped, cells);
    if ("kind" in row) rows.push(row);
    else faults.push(row.fault);
  }
  return { rows, faults };
}

function readRow(names: readonly string[], line: number, cells: readonly string[]): Row | { fault: Fault } {
  if (cells.some((cell, index) => (names[index] ?? "") === "" && cell.trim() !== "")) return { fault: { line, code: "too-many-cells", detail: "Something stands where no column has a name: is a cell with a separator in it without quotation marks?" } };
  const named = new Map(names.map((name, index) => [name, bare((cells[index] ?? "").trim())]));
  const kind = named.get("kind")!.toLowerCase();
  if (!(KINDS as readonly string[]).includes(kind)) return { fault: { line, column: "kind", code: kind === "" ? "needed" : "unknown-kind", detail: `A line is one of: ${KINDS.join(", ")}.` } };
  return { line, kind: kind as Kind, cells: Object.fromEntries(COLUMNS.flatMap((column) => (named.has(column) ? [[column, named.get(column)!]] : []))) };
}

function faultsOfHeader(names: readonly string[], line: number): Fault[] {
  const faults: Fault[] = [];
  names.forEach((name, index) => {
    if (name === "") return; // spreadsheets leave columns behind in which nothing is any more
    if (!HEADER.includes(name)) faults.push({ line, column: name, code: "unknown-column", detail: `There is no column "${name.slice(0, 60)}". There are: ${HEADER.join(", ")}.` });
    else if (names.indexOf(name) !== index) faults.push({ line, column: name, code: "column-twice", detail: `The column "${name}" is there twice.` });
  });
  if (!names.includes("kind")) faults.push({ line, column: "kind", code: "missing-column", detail: 'The first line names the columns, and "kind" is not among them.' });
  return faults;
}

/** @returns the text, or a fault where its bytes are none: then it is an older encoding, which nobody can guess. */
function decode(bytes: Uint8Array): string | Fault {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes); // it takes the mark off
  } catch {
    return { line: firstUnreadable(bytes, encoding), code: "not-utf-8", detail: 'The file is not UTF-8: save it as "CSV UTF-8".' };
  }
}

function firstUnreadable(bytes: Uint8Array, encoding: string): number {
  if (encoding !== "utf-8") return 1;
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end < 0 ? bytes.length : end + 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to;
  }
  return line;
}

const LINE_FEED = 10;

/** The separator that the first line has most of: no column's name has any in it. */
function findDelimiter(text: string): { body: string; skipped: number; delimiter: string } {
  const said = /^sep=([,;\t])(\r\n|\n|\r)/i.exec(text);
  if (said !== null) return { body: text.slice(said[0].length), skipped: 1, delimiter: said[1] };
  const [first] = /^[^\r\n]*/.exec(text)!;
  const count = (delimiter: string) => first.split(delimiter).length;
  return { body: text, skipped: 0, delimiter: [",", ";", "\t"].sort((a, b) => count(b) - count(a))[0] };
}

function split(text: string, delimiter: string): { records: { line: number; cells: string[] }[] } | { fault: Fault } {
  try {
    // Counted at the end of a record, of which a cell may have several lines.
    return { records: parseRecords(text, delimiter).map(({ record, info }) => ({ line: info.lines - record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0), cells: record })) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const whole = Number(error["records"] ?? 0);
    const line = whole === 0 ? 1 : (parseRecords(text, delimiter, whole).at(-1)?.info.lines ?? 0) + 1;
    return { fault: { line, code: "bad-csv", detail: "The quotation marks do not match, from this line on: a cell with one in it stands in quotation marks, and has it twice." } };
  }
}

/** @param to how many records at most. @throws {CsvError} */
function parseRecords(text: string, delimiter: string, to = -1): { record: string[]; info: Info }[] {
  return parse(text, { delimiter, to, info: true, relax_column_count: true, skip_records_with_empty_values: true, record_delimiter: ["\r\n", "\n", "\r"] }) as unknown as { record: string[]; info: Info }[];
}

/** Cells that a spreadsheet would take for a formula have an apostrophe before them: that is how they are written. */
const RISKY = /^[=+\-@\t\r'\uff1d\uff0b\uff0d\uff20]/; // the last four are wide forms of the first

/** What a cell means. */
function bare(cell: string): string {
  return cell.startsWith("'") && RISKY.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** A cell that no spreadsheet takes for a formula, whoever wrote it; `readCsv` reads it as it was. */
export function harmless(cell: string): string {
  return RISKY.test(cell) ? `'${cell}` : cell;
}

/**
 * `npm run bench [-- --json] [-- name]`: runs the row modules of this folder (all, or those whose file name holds
 * `name`) and prints what they measured beside budget and reference. Ends with code 1 where a budget is not kept.
 * What takes many minutes runs where it is asked for: `npm run bench -- fleet`.
 *
 * A row module is a file `<subject>.ts` with `export async function rows(): Promise<Row[]>`; `<subject>.measured.ts`
 * beside it is what runs inside XS. Without XS its rows are named as skipped.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { XsUnavailableError } from "../../hardware-sim/xs/find-worker";
import { isWithinBudget, type Row } from "./row";

const NO_ROWS = ["bench.ts", "row.ts"];
const LONG = /^fleet-/;

async function main(options: string[]): Promise<void> {
  const json = options.includes("--json");
  const wanted = options.find((option) => !option.startsWith("--")) ?? "";
  const files = readdirSync(__dirname).filter(
    (file) => /^[a-z0-9-]+\.ts$/.test(file) && !NO_ROWS.includes(file) && file.includes(wanted) && (wanted !== "" || !LONG.test(file)),
  );
  const rows: Row[] = [];
  const skipped: string[] = [];
  for (const file of files) {
    try {
      rows.push(...(await (require(join(__dirname, file)) as { rows(): Promise<Row[]> }).rows()));
    } catch (error) {
      if (!(error instanceof XsUnavailableError)) throw error;
      skipped.push(`${file}: ${error.message}`);
    }
  }
  if (json) console.log(JSON.stringify({ rows, skipped }, null, 2));
  else {
    printTable(rows);
    for (const line of skipped) console.log(`skipped ${line}`);
  }
  if (!rows.every(isWithinBudget)) process.exitCode = 1;
}

function printTable(rows: Row[]): void {
  const number = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 2 });
  const budget = (row: Row): string => {
    if (row.budget === undefined) return "";
    const limit = "atMost" in row.budget ? `≤ ${number(row.budget.atMost)}` : `≥ ${number(row.budget.atLeast)}`;
    return isWithinBudget(row) ? limit : `${limit}  MISSED`;
  };
  const cells = rows.map((row) => [
    row.name,
    `${number(row.value)} ${row.unit}`,
    budget(row),
    (row.references ?? []).map(({ name, value }) => `${name}: ${number(value)}`).join("; "),
  ]);
  const table = [["what", "measured", "budget", "reference in the same run"], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd());
}

void main(process.argv.slice(2));

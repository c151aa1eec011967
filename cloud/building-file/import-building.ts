import { audit } from "../audit/audit";
import { actorName, type Actor } from "../accounts/actor";
import type { Region } from "../accounts/identifier";
import { askingForRoomOnce } from "../people/door-room";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import { applyKey } from "./apply-key";
import { applyMember } from "./apply-member";
import { applyStep, idKey, NOT_MADE, type Applying, type Drawn } from "./apply-step";
import type { Column, Fault } from "./columns";
import { indexKnown } from "./known-index";
import { parseRow } from "./parse-row";
import { planImport } from "./plan-import";
import { readBuilding } from "./read-building";
import { readCsv } from "./read-csv";
import type { Step } from "./step";

/** What a file comes to. With faults, or for a dry run, the transaction is to be given up. */
export interface Imported {
  steps: Step[];
  faults: Fault[];
  drawn: Drawn[];
}

/**
 * Brings a property in line with a file (X13): what it names and is not there is made, what is otherwise is changed,
 * all else is left; nothing is ever removed. A line that cannot be done does not keep the others from being tried, so
 * that every bad one is told at once.
 * @throws {Refusal} `not-found`.
 */
export async function importBuilding(unit: Unit, parts: Applying["parts"] & { region: Region | undefined }, property: string, file: Uint8Array, actor: Actor, now: number): Promise<Imported> {
  const { rows, faults } = readCsv(file);
  const building = await readBuilding(unit, property, now);
  const parsed = rows.map((row) => parseRow({ building, region: parts.region }, row));
  faults.push(...parsed.flatMap((each) => each.faults));
  // A line with a cell that cannot be read is still there: others may refer to it.
  const { steps, faults: planned } = planImport(building, parsed.map(({ record }) => record));
  const bad = new Set(faults.map(({ line }) => line));
  // What cannot be read is there all the same, and so is not missing.
  const unread = (line: number, column: string | undefined) => faults.some((fault) => fault.line === line && (fault.column === column || (column === "name" && (fault.column === "email" || fault.column === "phone"))));
  faults.push(...planned.filter(({ line, column }) => !unread(line, column)));
  for (const { line } of faults) bad.add(line);

  const ids = new Map(building.known.flatMap(({ kind, values, record }) => (values.name === undefined || kind === "key" ? [] : [[idKey(kind, values.name), record] as const])));
  const applying: Applying = { unit, parts, building, index: indexKnown(building), actor, now, ids, drawn: [] };
  // What is too much is too much to try as well.
  const refused = faults.some(({ code }) => code === "too-many-changes") ? [] : await applyAll(applying, steps.filter(({ line, act }) => act !== "leave" && !bad.has(line)));
  faults.push(...refused);
  if (faults.length === 0) await audit(unit, { at: now, actor: actorName(actor), action: "property.import", subject: `property/${property}`, detail: { lines: steps.length, ...countActs(steps) } });
  return { steps: steps.sort((a, b) => a.line - b.line), faults: faults.sort((a, b) => a.line - b.line), drawn: applying.drawn.filter(({ codes, link }) => codes.some(({ pin }) => pin !== undefined) || link !== undefined) };
}

async function applyAll(applying: Applying, steps: readonly Step[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  try {
    await askingForRoomOnce(applying.unit, async () => {
      for (const step of steps) {
        try {
          await apply(applying, step);
        } catch (error) {
          if (error === NOT_MADE) continue;
          if (!(error instanceof Refusal)) throw error;
          faults.push({ line: step.line, column: columnOf(step, error), code: error.code, detail: error.message });
        }
        // Whoever else is served by this process waits for a line, and not for the file.
        await new Promise(setImmediate);
      }
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const line = steps.find(({ values }) => values.doors?.includes(String(error.members["door"])))?.line ?? 1;
    faults.push({ line, column: "doors", code: error.code, detail: error.message });
  }
  return faults;
}

async function apply(applying: Applying, step: Step): Promise<void> {
  if (step.kind === "key") return applyKey(applying, step);
  if (step.kind === "lease" || step.kind === "resident" || step.kind === "guest") return applyMember(applying, step);
  return applyStep(applying, step);
}

/** Which cell a refusal is about, where that is plain. */
function columnOf({ values }: Step, { code }: Refusal): Column | undefined {
  const column = COLUMN_OF[code];
  return column !== undefined && values[column] !== undefined ? column : undefined;
}

const COLUMN_OF: { [code: string]: Column | undefined } = {
  "already-member": "email",
  "bad-identifier": "email",
  "card-taken": "card",
  "doors-needed": "doors",
  "door-outside": "doors",
  "end-needed": "end",
  "end-not-in-future": "end",
  "end-too-far": "end",
  "end-before-start": "end",
  "group-full": "groups",
  "name-taken": "name",
  "no-text-messages": "phone",
  "too-many-groups": "groups",
  "unit-needed": "doors",
  "uses-need-one-door": "uses",
  "windows-overlap": "windows",
};

/** How many lines make, change and leave something. */
export function countActs(steps: readonly Step[]): { made: number; changed: number; left: number } {
  const count = (act: Step["act"]) => steps.filter((step) => step.act === act).length;
  return { made: count("make"), changed: count("change"), left: count("leave") };
}

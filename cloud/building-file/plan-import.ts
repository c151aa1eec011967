import { COLUMNS, KINDS, USES, type Column, type Fault, type Kind } from "./columns";
import { IMPORT_CHANGES_MAX } from "../limits";
import { indexKnown, type KnownIndex } from "./known-index";
import { findHouseholds, matchMember } from "./plan-households";
import { findPeople, matchKey } from "./plan-keys";
import type { Complain, Step } from "./step";
import { differences, type Building, type FileRecord, type KnownRecord } from "./values";

/**
 * Holds a file against the property (pure): what each line would make, change or leave, in the order in which that is
 * done. Nothing that is there and that no line names changes; the same file again leaves everything.
 */
export function planImport(building: Building, records: readonly FileRecord[]): { steps: Step[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const complain: Complain = (line, column, code, detail) => faults.push({ line, column, code, detail });
  const steps = [...records].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.line - b.line).map((record): Step => ({ ...record, act: "make", changed: [], known: undefined }));
  const index = indexKnown(building);
  const people = findPeople(index, steps, complain);
  for (const step of steps) step.known = step.kind === "key" ? matchKey(index, step, people, complain) : match(index, step, complain);
  findHouseholds(index, steps, complain);
  refuseTwice(steps, complain);
  const names = namesOf([...building.known, ...steps]);
  for (const step of steps) {
    judge(step, complain);
    checkReferences(names, step, complain);
  }
  if (steps.filter(({ act }) => act !== "leave").length > IMPORT_CHANGES_MAX) complain(1, undefined, "too-many-changes", `A file makes or changes at most ${IMPORT_CHANGES_MAX} things: cut it in several.`);
  return { steps, faults: faults.sort((a, b) => a.line - b.line) };
}

function match(index: KnownIndex, step: Step, complain: Complain): KnownRecord | undefined {
  const { kind, values, line } = step;
  if (values.id !== undefined) {
    const known = index.byId(kind, values.id);
    if (known === undefined) complain(line, "id", "unknown-id", `There is no ${kind} with this id here; leave the cell empty to add one.`);
    return known;
  }
  if (kind === "lease" || kind === "resident" || kind === "guest") return matchMember(index, step, complain);
  const named = index.byName(kind, values.name).filter((each) => values.class === undefined || each.values.class === values.class);
  if (named.length > 1) complain(line, "name", "ambiguous", `Several are called "${values.name ?? ""}": say which by its id, as the export has it.`);
  return named[0];
}

/** A thing has one line: of two, nobody knows which one holds. */
function refuseTwice(steps: readonly Step[], complain: Complain): void {
  const seen = new Map<string, number>();
  for (const step of steps) {
    const { kind, values, known, line } = step;
    const identity = known === undefined ? newIdentity(step) : `known ${known.record}`;
    if (identity === undefined) continue;
    const before = seen.get(identity);
    if (before !== undefined) complain(line, kind === "key" || values.name === undefined ? undefined : "name", "twice", `Line ${before} is about the same ${kind}.${kind === "key" ? " Give each key of somebody a name of its own." : ""}`);
    seen.set(identity, line);
  }
}

function newIdentity({ kind, values, household, person }: Step): string | undefined {
  const { name = "", email = "", phone = "" } = values;
  if (kind === "key") return JSON.stringify([kind, person, values.key, name]);
  if (kind === "lease" || kind === "resident" || kind === "guest") return JSON.stringify(["member", household, email, phone, email === "" && phone === "" ? name : ""]);
  return name === "" ? undefined : JSON.stringify([kind, name]);
}

/** Whether a line makes, changes or leaves something, and whether it may. */
function judge(step: Step, complain: Complain): void {
  const { kind, values, known, line } = step;
  const uses = USES[kind];
  if (known === undefined) {
    for (const column of COLUMNS) if (uses[column]?.needed === true && values[column] === undefined) complain(line, column, "needed", `A line "${kind}" needs something in the column "${column}".`);
    if ((kind === "resident" || kind === "guest") && values.name === undefined && values.email === undefined && values.phone === undefined) complain(line, "name", "needed", "A member has a name, an e-mail address or a phone number.");
    if ((kind === "resident" || kind === "guest" || kind === "key") && values.email !== undefined && values.phone !== undefined) complain(line, "phone", "one-identifier", "One e-mail address, or one phone number: not both.");
    if (kind === "key" && values.key === "card" && values.card === undefined) complain(line, "card", "needed", "A card has a number.");
    if (values.card !== undefined && (kind === "key" ? values.key !== "card" : values.email !== undefined || values.phone !== undefined)) complain(line, "card", "not-for-this-kind", kind === "key" ? "Only a card has a number." : "A card is for leaseholders without e-mail and phone.");
    return;
  }
  const compared = COLUMNS.filter((column) => uses[column] !== undefined && !NOT_COMPARED.has(column) && !(column === "name" && known.linked === true));
  step.changed = differences(compared, values, known.values);
  step.act = step.changed.length > 0 ? "change" : "leave";
  for (const column of step.changed) {
    if (known.code === true) complain(line, column, "fixed", "This code or card is no key: it was given without one, and a file does not change it.");
    else if (uses[column]!.changes !== true) complain(line, column, "fixed", `The ${column} of this ${kind} is another one, and a file does not change it.`);
  }
}

/** Said once, when something is made, or held against what is there in another way. */
const NOT_COMPARED: ReadonlySet<Column> = new Set(["id", "household", "person", "card", "language"]);

type Names = ReadonlyMap<Kind, ReadonlySet<string | undefined>>;

function namesOf(records: readonly Pick<FileRecord, "kind" | "values">[]): Names {
  return new Map(KINDS.map((kind) => [kind, new Set(records.filter((each) => each.kind === kind).map(({ values }) => values.name))]));
}

function checkReferences(names: Names, { line, kind, values, known, changed }: Step, complain: Complain): void {
  const unknown = (column: Column, of: Kind, name: string | null | undefined) => {
    // What is as it was needs nothing: a key may go by a profile of its giver's own.
    if (known !== undefined && !changed.includes(column)) return;
    if (name !== undefined && name !== null && !names.get(of)!.has(name)) complain(line, column, `unknown-${of}`, `There is no ${of} "${name}", neither here nor in the file.`);
  };
  unknown("template", "template", values.template);
  if (kind !== "unit") unknown("unit", "unit", values.unit);
  if (values.profile !== "admin" && values.profile !== "blocked") unknown("profile", "profile", values.profile);
  else if (kind === "group") complain(line, "profile", "bad-value", "A group has a profile of the property's, or none.");
  for (const group of values.groups ?? []) unknown("groups", "group", group);
}

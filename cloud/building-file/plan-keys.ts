import type { Complain, PersonRef, Step } from "./step";
import type { Building, KnownRecord, Values } from "./values";

/** Says of each key whose it is. @returns by the lines of keys. */
export function findPeople({ known }: Building, steps: readonly Step[], complain: Complain): ReadonlyMap<number, PersonRef> {
  const people = known.filter(({ kind }) => kind === "staff" || kind === "person");
  const lines = steps.filter(({ kind }) => kind === "staff" || kind === "person");
  const found = new Map<number, PersonRef>();
  for (const { line, kind, values } of steps) {
    const { person } = values;
    if (kind !== "key" || person === undefined) continue;
    const byId = people.find((each) => each.record === person);
    const named = byId !== undefined ? [byId] : people.filter((each) => each.values.name === person && isOfClass(each.values, each.kind, values.class));
    const added = lines.filter((each) => each.values.name === person && each.values.id === undefined && isOfClass(each.values, each.kind, values.class));
    if (named.length > 1 || added.length > 1) complain(line, "person", "ambiguous", `Several people are called "${person}": say who by the id, as the export has it.`);
    found.set(line, named.length > 0 ? { known: named[0].record } : { added: person });
  }
  return found;
}

function isOfClass(values: Values, kind: string, wanted: Values["class"]): boolean {
  return wanted === undefined || (kind === "staff" ? "staff" : (values.class ?? "guest")) === wanted;
}

/** The key that a line means: by its id, or as the one of that kind and name that its user has. */
export function matchKey({ known }: Building, step: Step, people: ReadonlyMap<number, PersonRef>, complain: Complain): KnownRecord | undefined {
  const { line, values } = step;
  const person = people.get(line);
  if (person !== undefined) step.person = person;
  const keys = known.filter(({ kind }) => kind === "key");
  if (values.id !== undefined) {
    const byId = keys.find((each) => each.values.id === values.id);
    if (byId === undefined) complain(line, "id", "unknown-id", "There is no key with this id here; leave the cell empty to add one.");
    else if (person !== undefined && !("known" in person && person.known === byId.person)) complain(line, "person", "fixed", "This key is somebody else's.");
    return byId;
  }
  if (person === undefined || !("known" in person)) return undefined;
  const theirs = keys.filter((each) => each.person === person.known && each.values.key === values.key);
  const named = theirs.filter((each) => each.code !== true && each.values.name === (values.name ?? values.person));
  if (named.length > 1) complain(line, "name", "ambiguous", "Several of their keys are called so: say which by its id, as the export has it.");
  if (named.length > 0) return named[0];
  if (values.name !== undefined) return undefined;
  const alike = theirs.filter((each) => each.code === true && JSON.stringify([each.values.doors, each.values.windows, each.values.end]) === JSON.stringify([values.doors, values.windows ?? [], values.end ?? null]));
  if (alike.length > 0) return alike[0];
  const own = theirs.filter((each) => each.code !== true);
  if (own.length > 1) complain(line, "name", "ambiguous", "They have several keys of this kind: say which by its name.");
  return own.length === 1 ? own[0] : undefined;
}

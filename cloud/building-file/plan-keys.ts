import type { Complain, PersonRef, Step } from "./step";
import type { KnownIndex } from "./known-index";
import type { KnownRecord, Values } from "./values";

/** Says of each key whose it is. @returns by the lines of keys. */
export function findPeople(index: KnownIndex, steps: readonly Step[], complain: Complain): ReadonlyMap<number, PersonRef> {
  const lines = steps.filter(({ kind }) => kind === "staff" || kind === "person");
  const classes = new Map(lines.map(({ kind, values }) => [values.name, classOf(kind, values)]));
  const adding = new Map<string | undefined, Step[]>();
  for (const step of lines) if (step.values.id === undefined) adding.set(step.values.name, [...(adding.get(step.values.name) ?? []), step]);
  const found = new Map<number, PersonRef>();
  for (const { line, kind, values } of steps) {
    const { person } = values;
    if (kind !== "key" || person === undefined) continue;
    const byId = index.person(person);
    const isMeant = (each: Pick<Step, "kind" | "values">) => each.values.name === person && (values.class === undefined || classOf(each.kind, each.values) === values.class);
    const named = byId !== undefined ? [byId] : [...index.byName("staff", person), ...index.byName("person", person)].filter(isMeant);
    const added = (adding.get(person) ?? []).filter(isMeant);
    if (named.length > 1 || added.length > 1) complain(line, "person", "ambiguous", `Several people are called "${person}": say who by the id, as the export has it.`);
    if (named.length === 0 && added.length === 0) {
      const other = classes.get(person);
      if (other !== undefined && other !== (values.class ?? "guest")) complain(line, "class", "ambiguous", `Another line has a "${person}" of another class: give one of them another name.`);
      classes.set(person, values.class ?? "guest");
    }
    found.set(line, named.length > 0 ? { known: named[0].record } : { added: person });
  }
  return found;
}

function classOf(kind: Step["kind"], values: Values): NonNullable<Values["class"]> {
  return kind === "staff" ? "staff" : (values.class ?? "guest");
}

/** What a key is called whose line does not say: as its user. */
export function nameOfKey(index: Pick<KnownIndex, "person">, { values, person }: Pick<Step, "values" | "person">): string {
  if (values.name !== undefined) return values.name;
  const holder = person !== undefined && "known" in person ? index.person(person.known) : undefined;
  return holder?.values.name ?? values.person!;
}

/** The key that a line means: by its id, or as the one of that kind and name that its user has. */
export function matchKey(index: KnownIndex, step: Step, people: ReadonlyMap<number, PersonRef>, complain: Complain): KnownRecord | undefined {
  const { line, values } = step;
  const person = people.get(line);
  if (person !== undefined) step.person = person;
  if (values.id !== undefined) {
    const byId = index.byId("key", values.id);
    if (byId === undefined) complain(line, "id", "unknown-id", "There is no key with this id here; leave the cell empty to add one.");
    else if (person !== undefined && !("known" in person && person.known === byId.person)) complain(line, "person", "fixed", "This key is somebody else's.");
    return byId;
  }
  if (person === undefined || !("known" in person)) return undefined;
  const theirs = index.keysOf(person.known).filter((each) => each.values.key === values.key);
  const named = theirs.filter((each) => each.code !== true && each.values.name === nameOfKey(index, step));
  if (named.length > 1) complain(line, "name", "ambiguous", "Several of their keys are called so: say which by its id, as the export has it.");
  if (named.length > 0) return named[0];
  if (values.name !== undefined) return undefined;
  const alike = theirs.filter((each) => each.code === true && JSON.stringify([each.values.doors, each.values.windows, each.values.end]) === JSON.stringify([values.doors, values.windows ?? [], values.end ?? null]));
  if (alike.length > 0) return alike[0];
  const own = theirs.filter((each) => each.code !== true);
  if (own.length > 1) complain(line, "name", "ambiguous", "They have several keys of this kind: say which by its name.");
  return own.length === 1 ? own[0] : undefined;
}

import type { Complain, Step } from "./step";
import type { KnownIndex } from "./known-index";
import type { KnownRecord } from "./values";

type Member = Pick<Step, "line" | "kind" | "values">;

/** The place that a line of a member means: by e-mail or phone, or by name where there is neither. */
export function matchMember(index: KnownIndex, { line, kind, values }: Member, complain: Complain): KnownRecord | undefined {
  const { unit, name, email, phone, household } = values;
  const same = index.ofUnit(kind, unit).filter(({ values: { email: knownEmail, phone: knownPhone, name: knownName } }) => {
    if (email === undefined && phone === undefined) return knownEmail === undefined && knownPhone === undefined && knownName === name;
    return (email !== undefined && email === knownEmail) || (phone !== undefined && phone === knownPhone);
  });
  // A household's id says which; its label in the file says so for those who are new.
  const found = same.length > 1 ? same.filter((each) => each.household === household) : same;
  if (same.length > 1 && found.length !== 1) complain(line, "household", "ambiguous", "Several of this unit are like that: say which by the id, as the export has it.");
  return found[0];
}

/** Says of each member who is new where they will live. */
export function findHouseholds({ households }: Pick<KnownIndex, "households">, steps: readonly Step[], complain: Complain): void {
  const members = steps.filter(({ kind }) => kind === "lease" || kind === "resident" || kind === "guest");
  const labels = new Map<string, string>();
  for (const { values, known } of members) if (known?.household !== undefined) labels.set(labelOf(values), known.household);
  const begun = new Set(members.filter(({ kind, known }) => kind === "lease" && known === undefined).map(({ values }) => labelOf(values)));
  for (const step of members) {
    const { line, values, kind } = step;
    if (step.known !== undefined || values.unit === undefined) continue;
    const there = households.get(values.unit) ?? [];
    const label = values.household;
    const known = label !== undefined && there.includes(label) ? label : (labels.get(labelOf(values)) ?? (label === undefined && there.length === 1 ? there[0] : undefined));
    if (known !== undefined) step.household = { known };
    else if (label === undefined && there.length > 1) complain(line, "household", "ambiguous", "Several households live in this unit: say which by its id, or by a label of your own for a new one.");
    else if (begun.has(labelOf(values))) step.household = { begun: labelOf(values) };
    else complain(line, "unit", "no-household", `Nobody has a lease there, so nobody can live with them as a ${kind}.`);
  }
}

function labelOf({ unit = "", household = "" }: Step["values"]): string {
  return JSON.stringify([unit, household]);
}

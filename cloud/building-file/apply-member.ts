import { fromHex } from "../../protocol/bytes";
import { actorName } from "../accounts/actor";
import { addLease } from "../households/add-lease";
import { addMember, languageOf } from "../households/add-member";
import { changeLease, changeMember } from "../households/change-member";
import { readFlat } from "../properties/flat";
import { idKey, idOf, matchPersonGroups, type Applying } from "./apply-step";
import type { Step } from "./step";

/** Makes or changes a place in a household. @throws {Refusal} */
export async function applyMember(applying: Applying, step: Step): Promise<void> {
  const person = step.act === "make" ? await make(applying, step) : await change(applying, step);
  if (step.act === "make" || step.changed.includes("groups")) await matchPersonGroups(applying, step, person);
}

async function make(applying: Applying, step: Step): Promise<string> {
  const { unit, parts, actor, now, drawn } = applying;
  const { kind, values, line } = step;
  const { name, email, phone, windows = [], start, end } = values;
  const language = values.language ?? (await languageOf(unit, actor));
  if (kind === "lease") {
    const flat = await readFlat(unit, applying.building.property, idOf(applying, "unit", values.unit!));
    const holder = { name: name!, email, phone, card: values.card === undefined ? undefined : fromHex(values.card) };
    const ref = step.household!;
    const label = "begun" in ref ? idKey("household", ref.begun) : undefined;
    // Whoever begins a household makes it; the next ones of its label come to them.
    const household = "known" in ref ? ref.known : applying.ids.get(label!);
    const added = await addLease(unit, parts, { flat, household, leaseholders: [holder], start: start ?? now, end: end ?? undefined, language }, actorName(actor), now);
    if (label !== undefined) applying.ids.set(label, added.household);
    const [{ person, given }] = added.leases;
    drawn.push({ line, person, codes: given });
    return person;
  }
  const identifier = email !== undefined ? { kind: "email" as const, value: email } : phone !== undefined ? { kind: "phone" as const, value: phone } : undefined;
  const doors = values.doors === undefined || (kind === "resident" && values.doors.length === 0) ? undefined : values.doors;
  const household = householdOf(applying, step);
  const { person, given } = await addMember(unit, parts, household, { role: kind as "resident" | "guest", name, identifier, doors, windows, start, end: end ?? undefined, language }, actor, now);
  drawn.push({ line, person, codes: given });
  return person;
}

function householdOf(applying: Applying, { household }: Step): string {
  return "known" in household! ? household.known : idOf(applying, "household", household!.begun);
}

async function change(applying: Applying, { kind, values, known, changed, line }: Step): Promise<string> {
  const { unit, parts, actor, now, drawn } = applying;
  const person = known!.record;
  if (changed.every((column) => column === "groups")) return person;
  // The file was held against what is there in this very transaction.
  const anyVersion = () => undefined;
  if (kind === "lease") {
    await changeLease(unit, parts, person, values.end ?? null, anyVersion, actor, now);
    return person;
  }
  const has = (column: Step["changed"][number]) => changed.includes(column);
  const { name, doors, windows, start, end } = values;
  const change = {
    name: has("name") ? name : undefined,
    doors: !has("doors") ? undefined : kind === "resident" && doors!.length === 0 ? null : doors,
    windows: has("windows") ? windows : undefined,
    start: has("start") ? start : undefined,
    end: has("end") ? end : undefined,
  };
  drawn.push({ line, person, codes: await changeMember(unit, parts, person, change, anyVersion, actor, now) });
  return person;
}

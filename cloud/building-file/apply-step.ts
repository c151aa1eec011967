import type { CredentialParts } from "../households/member-access";
import type { InvitationParts } from "../invitations/send-invitation";
import { actorName, type Actor } from "../accounts/actor";
import { addGroup, changeGroup, readGroup } from "../groups/group";
import { joinGroup, leaveGroup } from "../groups/group-member";
import type { GroupPermission } from "../groups/permissions";
import { addPerson } from "../people/add-person";
import type { GivenCredential } from "../people/give-credential";
import { renamePerson } from "../people/rename-person";
import { addProfile, changeProfile } from "../profiles/edit-profile";
import { readProfile } from "../profiles/profile";
import { addFlat, changeFlat, readFlat } from "../properties/flat";
import { addTemplate, changeTemplate, readTemplate } from "../properties/template";
import { STRIKE } from "../access/door-row";
import type { OpenKeyLink } from "../sharing/key-link";
import type { Unit } from "../store/store";
import type { Kind } from "./columns";
import type { KnownIndex } from "./known-index";
import type { Step } from "./step";
import type { Building } from "./values";

/** What was drawn for somebody: to be shown this once. */
export interface Drawn {
  line: number;
  person: string;
  codes: GivenCredential[];
  /** Of an app key. */
  link?: OpenKeyLink;
}

/** An import under way: one transaction. */
export interface Applying {
  unit: Unit;
  parts: CredentialParts & InvitationParts;
  building: Building;
  index: KnownIndex;
  actor: Actor;
  now: number;
  /** Ids of what the file refers to by name; what a bad line would have made is not there. */
  ids: Map<string, string>;
  drawn: Drawn[];
}

/** What a line needs was not made, because its own line is bad: that one is told. */
export const NOT_MADE = new Error("what the line refers to was not made");

export function idKey(kind: Kind | "household", name: string): string {
  return `${kind} ${name}`;
}

/** @throws NOT_MADE */
export function idOf({ ids }: Applying, kind: Kind | "household", name: string): string {
  const id = ids.get(idKey(kind, name));
  if (id === undefined) throw NOT_MADE;
  return id;
}

/** Makes or changes a template, a unit, a profile, a group or somebody without a household. @throws {Refusal} */
export async function applyStep(applying: Applying, step: Step): Promise<void> {
  const { kind, values, act } = step;
  if (act === "make") {
    const id = await make(applying, step);
    applying.ids.set(idKey(kind, values.name!), id);
    if (kind === "staff" || kind === "person") await matchPersonGroups(applying, step, id);
  } else {
    await change(applying, step);
  }
}

async function make(applying: Applying, { kind, values }: Step): Promise<string> {
  const { unit, parts, building, actor, now } = applying;
  const { property } = building;
  const { name, doors = [] } = { ...values, name: values.name! };
  const by = actorName(actor);
  switch (kind) {
    case "template":
      return addTemplate(unit, property, { name, doors }, by, now);
    case "unit":
      return addFlat(unit, property, { name, doors, number: values.number ?? null, template: optionalId(applying, "template", values.template) }, by, now);
    case "profile":
      return addProfile(unit, { property, account: undefined, runs: true }, { name, windows: values.windows ?? [], start: values.start ?? 0, end: values.end ?? null, outputs: values.outputs ?? STRIKE }, by, now);
    case "group":
      return addGroup(unit, property, { name, doors, profile: optionalId(applying, "profile", values.profile), permissions: (values.permissions ?? []) as GroupPermission[] }, by, now);
    case "staff":
    case "person":
      return addPerson(unit, parts.keystore, { property, name, class: kind === "staff" ? "staff" : (values.class ?? "guest"), unit: values.number ?? undefined }, by, now);
    default:
      throw new Error(`no ${kind} is made here`);
  }
}

async function change(applying: Applying, step: Step): Promise<void> {
  const { unit, parts, building, actor, now, drawn } = applying;
  const { property } = building;
  const { kind, values, known, changed, line } = step;
  const id = known!.record;
  const by = actorName(actor);
  const { doors, windows, start, end, outputs } = values;
  switch (kind) {
    case "template": {
      const { given } = await changeTemplate(unit, parts, await readTemplate(unit, property, id), defined({ doors }), by, now);
      for (const [person, codes] of given) drawn.push({ line, person, codes });
      return;
    }
    case "unit": {
      const template = values.template === undefined ? undefined : optionalId(applying, "template", values.template);
      const { given } = await changeFlat(unit, parts, await readFlat(unit, property, id), defined({ doors, number: values.number, template }), by, now);
      for (const [person, codes] of given) drawn.push({ line, person, codes });
      return;
    }
    case "profile": {
      const given = await changeProfile(unit, parts, await readProfile(unit, { property }, id), defined({ windows, start, end, outputs }), by, now);
      for (const [key, codes] of given) drawn.push({ line, person: (await unit.selectFrom("keys").select("person_id").where("id", "=", key).executeTakeFirstOrThrow()).person_id, codes });
      return;
    }
    case "group": {
      const profile = values.profile === undefined ? undefined : optionalId(applying, "profile", values.profile);
      const effects = await changeGroup(unit, parts, await readGroup(unit, id), defined({ doors, profile, permissions: values.permissions as GroupPermission[] | undefined }), by, now);
      for (const { person, given } of effects) drawn.push({ line, person, codes: given });
      return;
    }
    case "staff":
    case "person":
      if (changed.includes("name")) await renamePerson(unit, parts.keystore, id, values.name!, by, now);
      if (changed.includes("groups")) await matchPersonGroups(applying, step, id);
      return;
    default:
      throw new Error(`no ${kind} is changed here`);
  }
}

/** Brings the groups of a person in line with the cell, where the file has one. */
export async function matchPersonGroups(applying: Applying, { line, values, known }: Step, person: string): Promise<void> {
  const { unit, parts, actor, now, drawn } = applying;
  const { groups } = values;
  if (groups === undefined) return;
  const had = known?.values.groups ?? [];
  const by = actorName(actor);
  for (const name of groups.filter((each) => !had.includes(each))) {
    const { given } = await joinGroup(unit, parts, await readGroup(unit, idOf(applying, "group", name)), person, by, now);
    drawn.push({ line, person, codes: given });
  }
  for (const name of had.filter((each) => !groups.includes(each))) {
    const { given } = await leaveGroup(unit, parts, await readGroup(unit, idOf(applying, "group", name)), person, by, now);
    drawn.push({ line, person, codes: given });
  }
}

/** @throws NOT_MADE */
export function optionalId(applying: Applying, kind: Kind, name: string | null | undefined): string | null {
  return name === null || name === undefined ? null : idOf(applying, kind, name);
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** What a file says; the rest stays as it is. */
function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}

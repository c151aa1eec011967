import { fromHex } from "../../protocol/bytes";
import { actorName } from "../accounts/actor";
import { languageOf } from "../households/add-member";
import { findGiver, type Giver } from "../rules/find-giver";
import { changeKey, type KeyChange } from "../sharing/change-key";
import { giveKey } from "../sharing/give-key";
import type { KeyUser } from "../sharing/key-user";
import type { KeySettings } from "../sharing/settle-key";
import { idKey, optionalId, type Applying } from "./apply-step";
import type { Column } from "./columns";
import { nameOfKey } from "./plan-keys";
import type { Step } from "./step";
import type { Values } from "./values";

/** Gives a key, or changes one. @throws {Refusal} */
export async function applyKey(applying: Applying, step: Step): Promise<void> {
  if (step.act === "make") await make(applying, step);
  else await change(applying, step);
}

async function make(applying: Applying, step: Step): Promise<void> {
  const { values, line, person } = step;
  const { unit, parts, building, actor, now, drawn, ids } = applying;
  const { property } = building;
  const doors = values.doors ?? [];
  // Of everybody who runs the property, and of nobody else, is asked once for the whole file.
  const giver: Giver = values.profile === "admin" ? await findGiver(unit, actor, { property, doors }, now) : { as: "manager", actor: actorName(actor), account: actor.kind === "account" ? actor.account : null, share: undefined, mayGiveAdmin: false };
  const user: KeyUser = userOf(applying, values, person!);
  const language = values.language ?? (await languageOf(unit, actor));
  const given = await giveKey(unit, parts, giver, { property, kind: values.key!, name: nameOfKey(applying.index, step), user, card: values.card === undefined ? undefined : fromHex(values.card), language, ...settingsOf(applying, values), doors }, now);
  const { person_id } = await unit.selectFrom("keys").select("person_id").where("id", "=", given.key).executeTakeFirstOrThrow();
  if (person !== undefined && "added" in person) for (const kind of ["person", "staff"] as const) if (!ids.has(idKey(kind, person.added))) ids.set(idKey(kind, person.added), person_id);
  drawn.push({ line, person: person_id, codes: given.codes, ...(given.link && { link: given.link }) });
}

/** Somebody of the property, somebody whom an earlier line has added, or somebody whom this one adds. */
function userOf({ ids }: Applying, values: Values, person: NonNullable<Step["person"]>): KeyUser {
  const to = values.email !== undefined ? { kind: "email" as const, value: values.email } : values.phone !== undefined ? { kind: "phone" as const, value: values.phone } : undefined;
  if ("known" in person) return { person: person.known, to };
  const kinds = values.class === "staff" ? (["staff"] as const) : values.class === undefined ? (["person", "staff"] as const) : (["person"] as const);
  const added = kinds.map((kind) => ids.get(idKey(kind, person.added))).find((id) => id !== undefined);
  if (added !== undefined) return { person: added, to };
  return { name: person.added, email: values.email, phone: values.phone, holderClass: values.class, unit: undefined };
}

function settingsOf(applying: Applying, { profile, windows, start, end, uses }: Values): Omit<KeySettings, "doors"> {
  return {
    role: profile === "admin" ? "admin" : "user",
    blocked: profile === "blocked",
    profile: profile === "admin" || profile === "blocked" ? undefined : (optionalId(applying, "profile", profile) ?? undefined),
    windows: windows === undefined || windows.length === 0 ? undefined : windows,
    start,
    end: end ?? undefined,
    uses: uses?.count ?? 0,
    usesTogether: uses?.together ?? false,
  };
}

async function change(applying: Applying, { values, known, changed, line }: Step): Promise<void> {
  const { unit, parts, actor, now, drawn } = applying;
  const { name, doors, windows, start, end, uses, profile } = Object.fromEntries(Object.entries(values).filter(([column]) => changed.includes(column as Column))) as Values;
  const wanted: KeyChange = {
    name,
    doors,
    windows,
    start,
    end,
    ...(uses !== undefined && { uses: uses.count === 0 ? null : uses.count, usesTogether: uses.together }),
    ...(profile !== undefined && { profile: profile === "admin" || profile === "blocked" ? profile : optionalId(applying, "profile", profile) }),
  };
  // The file was held against what is there in this very transaction.
  const codes = await changeKey(unit, parts, known!.record, wanted, () => undefined, actor, now);
  drawn.push({ line, person: known!.person!, codes });
}

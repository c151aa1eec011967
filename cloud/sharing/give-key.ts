import { audit } from "../audit/audit";
import { registerFob } from "../fobs/register-fob";
import type { InvitationParts } from "../invitations/send-invitation";
import { KEYS_PER_GIVER_MAX } from "../limits";
import type { GivenCredential } from "../people/give-credential";
import { reserveFob } from "../people/reserve-credential";
import type { PinParts } from "../pins/codes";
import { Refusal } from "../refusal";
import type { Giver } from "../rules/find-giver";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { KeyKind } from "../store/rows/sharing-rows";
import type { LanguageName } from "../store/rows/account-rows";
import { activateKey } from "./activate-key";
import { keyReach } from "./key-reach";
import { openKeyLink, type OpenKeyLink } from "./key-link";
import { settleUser, type KeyUser } from "./key-user";
import { readKey } from "./read-key";
import { settleKey, type KeySettings } from "./settle-key";
import { keyRecipient, sendTextKey } from "./text-key";

export interface NewKey extends KeySettings {
  property: string;
  kind: KeyKind;
  name: string;
  user: KeyUser;
  /** Bytes of a card's number: there for cards, and for nothing else. */
  card: Uint8Array | undefined;
  /** Text of a fob's QR code: there for smart keys, and for nothing else. */
  fob?: string | undefined;
  /** Of the message. */
  language: LanguageName;
}

export interface GivenKey {
  key: string;
  /** Of a PIN that nobody is sent: to be shown this once, and passed on. */
  codes: GivenCredential[];
  /** Of an app key: to be shown this once; it has been sent where there is an address. */
  link: OpenKeyLink | undefined;
}

/**
 * Gives somebody a key (S1–S4, N10). An app key is pending until somebody accepts its link; a PIN with an address
 * until the message with it has left (N5); a smart key until its fob has acknowledged a button for it (S6, S8); a PIN
 * without an address and a card open as soon as the doors know.
 * @param giver whoever gives it, by these doors (`findGiver`).
 * @throws {Refusal} `invalid-request`, `not-allowed`, and as `settleKey`, `settleUser`, `activateKey`, `openKeyLink`,
 * `sendTextKey` and `registerFob` say.
 */
export async function giveKey(unit: Unit, parts: PinParts & InvitationParts, giver: Giver, wanted: NewKey, now: number): Promise<GivenKey> {
  const { property, kind, name, card, fob, language } = wanted;
  if ((kind === "card") !== (card !== undefined)) throw new Refusal("invalid-request", "A card has a number, and nothing else has.");
  if ((kind === "smart") !== (fob !== undefined)) throw new Refusal("invalid-request", "A smart key says which fob it is for, and nothing else does.");
  const doors = [...new Set(wanted.doors)].sort();
  if (doors.length === 0) throw new Refusal("doors-needed", "A key is for one door at least.");
  await requireFewGiven(unit, property, giver);
  const columns = await settleKey(unit, property, giver, { ...wanted, doors }, now);
  const user = await settleUser(unit, parts.keystore, property, giver, wanted.user, { ...columns, doors }, now);
  const id = newId();
  await unit
    .insertInto("keys")
    .values({
      id,
      property_id: property,
      person_id: user.person,
      kind,
      name,
      state: "pending",
      ...columns,
      giver_account: giver.account,
      giver_person: giver.share?.place?.person ?? null,
      email: user.email,
      phone: user.phone,
      language,
      version: 1,
      created_at: now,
      created_by: giver.actor,
      fob_id: fob === undefined ? null : await registerFob(unit, parts.keystore, fob, { property, actor: giver.actor }, now),
    })
    .execute();
  await unit.insertInto("key_doors").values(doors.map((door_id) => ({ key_id: id, door_id }))).execute();
  const detail = { property, person: user.person, kind, doors, role: columns.role, profile: columns.profile_id };
  await audit(unit, { at: now, actor: giver.actor, action: "key.give", subject: `key/${id}`, detail, personal: { keys: parts.keystore.dataKeys, owner: `person/${user.person}`, detail: { name, email: user.email, phone: user.phone } } });
  return { key: id, ...(await handOver(unit, parts, id, card, now)) };
}

async function requireFewGiven(unit: Unit, property: string, giver: Giver): Promise<void> {
  if (giver.as === "manager") return;
  const { count } = await unit
    .selectFrom("keys")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("property_id", "=", property)
    .where("giver_account", "=", giver.account)
    .where("state", "<>", "ended")
    .executeTakeFirstOrThrow();
  if (Number(count) >= KEYS_PER_GIVER_MAX) throw new Refusal("too-many-keys", `You have given ${KEYS_PER_GIVER_MAX} keys here: end one first.`);
}

/** What begins a key, by its kind. */
async function handOver(unit: Unit, parts: PinParts & InvitationParts, id: string, card: Uint8Array | undefined, now: number): Promise<Omit<GivenKey, "key">> {
  const key = await readKey(unit, id);
  if (key.kind === "app") return { codes: [], link: await openKeyLink(unit, parts, key, now) };
  if (key.kind === "pin" && keyRecipient(key) !== undefined) {
    await sendTextKey(unit, parts, key, now);
    return { codes: [], link: undefined };
  }
  if (key.kind === "smart") {
    await reserveFob(unit, parts.keystore, parts.secrets, key.person_id, key.id, (await keyReach(unit, key)).doors, now);
    return { codes: [], link: undefined };
  }
  return { codes: await activateKey(unit, parts, key, now, { card }), link: undefined };
}

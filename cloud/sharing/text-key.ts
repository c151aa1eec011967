import { toHex } from "../../protocol/bytes";
import { NO_END } from "../../protocol/profile";
import { countOne } from "../accounts/rate-limit";
import type { PinParts } from "../pins/codes";
import { hashToken } from "../keys/secret-token";
import { INVITATIONS_PER_RECIPIENT } from "../limits";
import { channelOf, requireChannel, sendsTexts } from "../messages/channels";
import { withdrawKeyMessages } from "../messages/key-messages";
import type { Moment } from "../messages/message";
import { queueMessage, type MessageParts, type Recipient } from "../messages/queue-message";
import type { GivenCredential } from "../people/give-credential";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { activateKey } from "./activate-key";
import { giverName } from "./giver-name";
import { keyReach } from "./key-reach";
import { reserveCode } from "./reserve-code";

/**
 * Sends a pending PIN key's code to its phone, or to its e-mail address (N5; A3): the code is drawn and kept for it at
 * once, without any grant, and is the same however often it is sent. The key becomes active when the message has left
 * (`textKeySent`), or at once where the local outbox keeps messages; while the gateway is down it stays pending. A
 * message of before that still waits goes no more.
 * @throws {Refusal} `not-pending`: it has begun or ended, or there is nowhere to send it; `no-text-messages` (A3);
 * `too-many-requests`; what `reserveCode` says.
 */
export async function sendTextKey(unit: Unit, parts: PinParts & MessageParts, key: KeyRow, now: number): Promise<void> {
  const to = keyRecipient(key);
  if (key.state !== "pending" || key.kind !== "pin" || to === undefined) throw new Refusal("not-pending");
  requireChannel(parts.channels, to.kind);
  await countMessage(unit, key.property_id, to, now);
  const code = await reserveCode(unit, parts, key, now);
  await withdrawKeyMessages(unit, key.id);
  await queueMessage(unit, parts, { to, language: key.language, kind: "text-key", values: { ...(await words(unit, key, now)), code }, key: key.id }, now);
  if (parts.channels[channelOf(to.kind)] === "outbox") await textKeySent(unit, parts, key.id, now);
}

/** The message with a text key's code has left: the key begins (N5), if it is still pending. */
export async function textKeySent(unit: Unit, parts: PinParts, id: string, now: number): Promise<void> {
  const key = await unit.selectFrom("keys").selectAll().where("id", "=", id).executeTakeFirst();
  if (key === undefined || key.state !== "pending" || key.kind !== "pin") return;
  await activateKey(unit, parts, key, now);
}

/**
 * Codes that took the place of others (P4, O14) go where the ones before went: whoever has a text key has no account
 * to look into. @returns whether that holds for all of them; otherwise somebody must be told to pass them on.
 */
export async function textRenewed(unit: Unit, parts: MessageParts, given: readonly GivenCredential[], now: number): Promise<boolean> {
  let all = given.length > 0;
  for (const { key: id, pin } of given) {
    const key = id === undefined ? undefined : await unit.selectFrom("keys").selectAll().where("id", "=", id).where("state", "=", "active").executeTakeFirst();
    const to = key === undefined ? undefined : keyRecipient(key);
    if (key === undefined || pin === undefined || to === undefined || (to.kind === "phone" && !sendsTexts(parts.channels))) all = false;
    else await queueMessage(unit, parts, { to, language: key.language, kind: "text-key", values: { ...(await words(unit, key, now)), code: pin }, key: key.id }, now);
  }
  return all;
}

/** Where a key's link or code goes; undefined: nowhere, it is handed over. */
export function keyRecipient({ email, phone }: Pick<KeyRow, "email" | "phone">): Recipient | undefined {
  if (phone !== null) return { kind: "phone", value: phone };
  return email === null ? undefined : { kind: "email", value: email };
}

/** Nobody's telephone is filled from here. @throws {Refusal} `too-many-requests`. */
export async function countMessage(unit: Unit, property: string, to: Recipient, now: number): Promise<void> {
  const wait = await countOne(unit, `key/${toHex(hashToken(`${property} ${to.value}`))}`, INVITATIONS_PER_RECIPIENT, now);
  if (wait > 0) throw new Refusal("too-many-requests", `This address has had enough messages for now; try again in ${wait} seconds.`, { retryAfter: wait });
}

async function words(unit: Unit, key: KeyRow, now: number) {
  const { name: property, time_zone: timeZone } = await unit.selectFrom("properties").select(["name", "time_zone"]).where("id", "=", key.property_id).executeTakeFirstOrThrow();
  const doors = await unit.selectFrom("key_doors as at").innerJoin("doors as door", "door.id", "at.door_id").select(["door.name", "door.unit_numbers"]).where("at.key_id", "=", key.id).orderBy("door.name").orderBy("door.id").execute();
  const { unit: flat } = await unit.selectFrom("people").select("unit").where("id", "=", key.person_id).executeTakeFirstOrThrow();
  const terms = (await keyReach(unit, key)).allowed?.terms;
  const moment = (at: number): Moment => ({ at, timeZone });
  return {
    giver: await giverName(unit, key),
    property,
    doors: doors.map(({ name }) => name).join(", "),
    unit: flat !== null && doors.some(({ unit_numbers }) => unit_numbers === 1) ? `${flat}#` : null,
    from: terms === undefined || terms.notBefore <= now ? null : moment(terms.notBefore),
    until: terms === undefined || terms.notAfter === NO_END ? null : moment(terms.notAfter),
  };
}

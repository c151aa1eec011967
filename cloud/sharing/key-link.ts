import { hashToken, newToken } from "../keys/secret-token";
import { KEY_LINK_SECONDS } from "../limits";
import { sendsTexts } from "../messages/channels";
import { withdrawKeyMessages } from "../messages/key-messages";
import { pageLink } from "../messages/page-link";
import { queueMessage } from "../messages/queue-message";
import type { InvitationParts } from "../invitations/send-invitation";
import { Refusal } from "../refusal";
import { newId } from "../store/ids";
import type { Unit } from "../store/store";
import type { KeyRow } from "../store/rows/sharing-rows";
import { closeLinks } from "./close-keys";
import { giverName } from "./giver-name";
import { keyEnd, keyReach } from "./key-reach";
import { countMessage, keyRecipient } from "./text-key";

/** A link that nobody has used: whoever opens it first has the key (S3). Here stays only its hash. */
export interface OpenKeyLink {
  /** Whole, for sharing; the QR code holds exactly this text. */
  url: string;
  /** Unix seconds. */
  expiresAt: number;
}

/**
 * A new link to a pending app key; the one before is dead (S5). It is also sent where the key has an address and the
 * site can send there.
 * @throws {Refusal} `not-pending`: accepted, ended, or nothing that is accepted; `end-not-in-future`: its time is over;
 * `too-many-requests`.
 */
export async function openKeyLink(unit: Unit, parts: InvitationParts, key: KeyRow, now: number): Promise<OpenKeyLink> {
  if (key.state !== "pending" || key.kind !== "app") throw new Refusal("not-pending");
  const expiresAt = Math.min(now + KEY_LINK_SECONDS, keyEnd(await keyReach(unit, key)) ?? Infinity);
  if (expiresAt <= now) throw new Refusal("end-not-in-future");
  await closeLinks(unit, key.id, "replaced", now);
  const token = newToken();
  await unit.insertInto("key_links").values({ id: newId(), key_id: key.id, token_hash: hashToken(token), state: "pending", created_at: now, expires_at: expiresAt }).execute();
  const link = { url: pageLink(parts.publicUrl(), "key", token), expiresAt };
  await tell(unit, parts, key, link, now);
  return link;
}

async function tell(unit: Unit, parts: InvitationParts, key: KeyRow, { url, expiresAt }: OpenKeyLink, now: number): Promise<void> {
  const to = keyRecipient(key);
  // A3: the link itself can be handed over.
  if (to === undefined || (to.kind === "phone" && !sendsTexts(parts.channels))) return;
  await countMessage(unit, key.property_id, to, now);
  await withdrawKeyMessages(unit, key.id);
  const { name: property, time_zone: timeZone } = await unit.selectFrom("properties").select(["name", "time_zone"]).where("id", "=", key.property_id).executeTakeFirstOrThrow();
  const values = { giver: await giverName(unit, key), property, key: key.name, link: url, until: { at: expiresAt, timeZone } };
  await queueMessage(unit, parts, { to, language: key.language, kind: "key-link", values, key: key.id }, now);
}

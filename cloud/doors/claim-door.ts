import { randomBytes } from "node:crypto";
import { ascii, equalBytes, toHex } from "../../protocol/bytes";
import { deriveDoorKeys } from "../../protocol/door-keys";
import { decodeClaim, decodeHello, encodeGrant, encodeWelcome, openClaim, type ClaimContext, type Login } from "../../protocol/enrolment";
import { ProtocolError } from "../../protocol/protocol-error";
import { tagAtDoor, type StoredValue } from "../access/stored-kind";
import { audit } from "../audit/audit";
import { keepLogin } from "../broker/door-logins/keep-login";
import { forgetNews } from "../couriers/courier-news";
import { noteDoors } from "../issuing/outbox";
import type { Keystore } from "../keys/keystore";
import { nativeHashes } from "../keys/native-hashes";
import { valueOpener } from "../pins/sealed-value";
import { Refusal } from "../refusal";
import { forgetJournal } from "../sharing/note-use";
import { isUniqueViolation, type Unit } from "../store/store";
import type { DoorRow } from "../store/rows/door-rows";
import { isClaimNonce, makeClaimNonce } from "./claim-nonce";
import { NOTHING_KNOWN } from "./nothing-known";

/** How a claimed door reaches the broker. */
export interface BrokerAddress {
  /** undefined = the host that the claim went to. */
  host: string | undefined;
  port: number;
}

/**
 * Answers a door's hello: it changes nothing here.
 * @param bytes untrusted.
 * @throws {Refusal} `unknown-door`, `already-claimed`, `invalid-request`.
 */
export async function answerHello(unit: Unit, keystore: Keystore, bytes: Uint8Array, now: number): Promise<Uint8Array> {
  const hello = decoded(() => decodeHello(bytes));
  const door = await findDoor(unit, hello.door);
  if (door.claim_secret === null) throw new Refusal("already-claimed");
  const context: ClaimContext = { ...hello, cloudNonce: makeClaimNonce(keystore.sealing, hello, now), site: keystore.site, keysets: await keysetChain(unit) };
  return encodeWelcome(nativeHashes, keystore.sealing.open("claim-secret", door.id, door.claim_secret), context);
}

/**
 * Accepts a door's claim: takes its key, gives it a login, works out the tags of everybody who may open it, and
 * has its first list made. The secret is used up. The same bytes again get the same answer until the door has
 * logged in, because answers get lost.
 * @param bytes untrusted.
 * @throws {Refusal} `unknown-door`, `already-claimed`, `claim-forgotten`, `forbidden`, `invalid-request`.
 */
export async function acceptClaim(unit: Unit, keystore: Keystore, broker: BrokerAddress, bytes: Uint8Array, now: number): Promise<Uint8Array> {
  const claim = decoded(() => decodeClaim(bytes));
  const door = await findDoor(unit, claim.door);
  const digest = nativeHashes.sha256(bytes);
  if (door.claim_secret === null) {
    if (door.claim_digest !== null && door.claim_answer !== null && equalBytes(door.claim_digest, digest)) return door.claim_answer;
    throw new Refusal("already-claimed");
  }
  if (!isClaimNonce(keystore.sealing, claim, claim.cloudNonce, now)) throw new Refusal("claim-forgotten");
  const secret = keystore.sealing.open("claim-secret", door.id, door.claim_secret);
  const context: ClaimContext = { door: claim.door, doorNonce: claim.doorNonce, cloudNonce: claim.cloudNonce, site: keystore.site, keysets: await keysetChain(unit) };
  const doorKey = proved(() => openClaim(nativeHashes, secret, context, claim));

  const enrolment = door.enrolment + 1;
  const password = ascii(randomBytes(24).toString("base64url"));
  const login: Login = { enrolment, password, brokerHost: ascii(broker.host ?? ""), brokerPort: broker.port };
  const answer = encodeGrant(nativeHashes, secret, context, claim.sealedDoorKey, login);
  await unit
    .updateTable("doors")
    .set({
      claimed_at: now,
      stolen_at: null,
      claim_secret: null,
      claim_digest: digest,
      claim_answer: answer,
      door_key: keystore.sealing.seal("door-key", `${door.id}/${enrolment}`, doorKey),
      password_hash: nativeHashes.sha256(password),
      enrolment,
      // What it once acknowledged to be gone stays so (`grant_doors.acknowledged_at`).
      ...NOTHING_KNOWN,
    })
    .where("id", "=", door.id)
    .execute();
  await keepLogin(unit, keystore.sealing, { door: door.id, enrolment, password });
  // Whatever lists a former claim left behind, the door has no more.
  await unit.deleteFrom("list_bases").where("door_id", "=", door.id).execute();
  try {
    await tagCredentials(unit, keystore, door, deriveDoorKeys(nativeHashes, doorKey, claim.door).tag);
  } catch (error) {
    // Two PINs with one tag under this key, once in 10^8: the door shall make another key.
    throw isUniqueViolation(error) ? new Refusal("claim-forgotten") : error;
  }
  await forgetJournal(unit, door.id, now);
  await forgetNews(unit, door.id);
  await noteDoors(unit, [door.id], now);
  await audit(unit, { at: now, actor: `door/${door.id}`, action: "door.claim", subject: `door/${door.id}`, detail: { enrolment } });
  return answer;
}

/** A door has used its login: from now on nothing answers its claim again. */
export async function forgetClaimAnswer(unit: Unit, door: string): Promise<void> {
  await unit.updateTable("doors").set({ claim_answer: null, claim_digest: null }).where("id", "=", door).execute();
}

async function findDoor(unit: Unit, id: Uint8Array): Promise<DoorRow> {
  const door = await unit.selectFrom("doors").selectAll().where("id", "=", toHex(id)).executeTakeFirst();
  if (door === undefined) throw new Refusal("unknown-door");
  return door;
}

async function keysetChain(unit: Unit): Promise<Uint8Array[]> {
  const rows = await unit.selectFrom("keysets").select("message").orderBy("number").execute();
  return rows.map((row) => row.message);
}

/** People may be given a door before it is claimed, and before it is claimed anew; their tags exist only now. */
async function tagCredentials(unit: Unit, keystore: Keystore, door: DoorRow, tagKey: Uint8Array): Promise<void> {
  const rows = await unit
    .selectFrom("door_credentials as known")
    .innerJoin("credentials as credential", "credential.id", "known.credential_id")
    .innerJoin("people as person", "person.id", "credential.person_id")
    .where("known.door_id", "=", door.id)
    .where("known.released_at", "is", null)
    .select(["credential.id", "credential.kind", "credential.value", "credential.version", "credential.key_owner", "credential.parent_id", "person.unit"])
    .execute();
  const open = valueOpener(unit, keystore);
  const stored = new Map<string, StoredValue>();
  for (const row of rows) {
    const value = await open(row);
    if (value !== undefined) stored.set(row.id, { kind: row.kind, value, unit: row.unit });
  }
  // The old tags first, so that no new one meets another's old one.
  await unit.updateTable("door_credentials").set({ tag: null }).where("door_id", "=", door.id).where("released_at", "is", null).execute();
  for (const { id, parent_id } of rows.filter((row) => stored.has(row.id))) {
    const tag = tagAtDoor(nativeHashes, tagKey, door.unit_numbers === 1, { ...stored.get(id)!, ...(parent_id !== null && { parent: stored.get(parent_id)! }) });
    await unit.updateTable("door_credentials").set({ tag }).where("door_id", "=", door.id).where("credential_id", "=", id).execute();
  }
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal("invalid-request", `The message is ${error.code}.`);
    throw error;
  }
}

function proved<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal("forbidden");
    throw error;
  }
}

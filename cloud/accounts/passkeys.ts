import { isIP } from "node:net";
import type { AuthenticationResponseJSON, AuthenticatorTransport, PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { audit } from "../audit/audit";
import { CHALLENGE_SECONDS, PASSKEYS_PER_ACCOUNT_MAX } from "../limits";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { PasskeyRow } from "../store/rows/account-rows";
import { identifiersOf, readAccount } from "./account";
import { newChallenge, takeChallenge } from "./passkey-challenge";

/** Loaded when the first passkey is used: it brings parsers of a dozen attestation formats. */
const webauthn = () => import("@simplewebauthn/server");

/** Which site a passkey is for (WebAuthn Level 3, §4 "Relying Party Identifier"). */
interface RelyingParty {
  id: string;
  origin: string;
}

/** Whether browsers make passkeys for a site: not where it is reached by a bare address. */
export function canHavePasskeys(publicUrl: string): boolean {
  return isIP(new URL(publicUrl).hostname.replace(/^\[|\]$/g, "")) === 0;
}

/** @throws Refusal `no-passkeys`. */
function relyingParty(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  if (!canHavePasskeys(publicUrl)) throw new Refusal("no-passkeys", "Passkeys need this site to be reached by a name, such as localhost.");
  return { id: hostname, origin };
}

/** What a browser needs to make a passkey. It must be found without a name being typed, and ask for the phone's own lock. */
export async function registrationOptions(unit: Unit, publicUrl: string, account: string, now: number): Promise<{ challenge: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  const { id: rpID } = relyingParty(publicUrl);
  const { name } = await readAccount(unit, account);
  const [identifier] = await identifiersOf(unit, account);
  const existing = await passkeysOf(unit, account);
  if (existing.length >= PASSKEYS_PER_ACCOUNT_MAX) throw new Refusal("too-many-passkeys", `An account has at most ${PASSKEYS_PER_ACCOUNT_MAX}: remove one.`);
  const { id, challenge } = await newChallenge(unit, "register", account, now);
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    ...{ rpName: "Latchkey", rpID, userName: identifier.value, userDisplayName: name },
    userID: userHandle(account),
    challenge: bytes(challenge),
    timeout: CHALLENGE_SECONDS * 1_000,
    excludeCredentials: existing.map((row) => ({ id: row.id, transports: JSON.parse(row.transports) as AuthenticatorTransport[] })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { challenge: id, options };
}

/**
 * Adds the passkey that a browser has made.
 * @throws Refusal `bad-passkey`, `too-many-passkeys`.
 */
export async function addPasskey(unit: Unit, publicUrl: string, account: string, request: { challenge: string; name: string; response: RegistrationResponseJSON }, now: number): Promise<PasskeyRow> {
  const party = relyingParty(publicUrl);
  const expectedChallenge = await takeChallenge(unit, request.challenge, "register", account, now);
  const { verifyRegistrationResponse } = await webauthn();
  const { registrationInfo } = await verified(() => verifyRegistrationResponse({ response: request.response, expectedChallenge, expectedOrigin: party.origin, expectedRPID: party.id }));
  if (registrationInfo === undefined) throw new Refusal("bad-passkey");
  const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
  if ((await passkeysOf(unit, account)).length >= PASSKEYS_PER_ACCOUNT_MAX) throw new Refusal("too-many-passkeys");
  const known = await unit.selectFrom("passkeys").select("id").where("id", "=", id).executeTakeFirst();
  if (known !== undefined) throw new Refusal("bad-passkey", "This passkey is known already.");
  const row = { id, account_id: account, name: request.name, public_key: Uint8Array.from(publicKey), counter, transports: JSON.stringify(transports), created_at: now, used_at: null };
  await unit.insertInto("passkeys").values(row).execute();
  await audit(unit, { at: now, actor: `account/${account}`, action: "passkey.add", subject: `account/${account}`, detail: { passkey: id } });
  return row;
}

/** What a browser needs to offer its passkeys for this site: no account is named, so none is found out. */
export async function authenticationOptions(unit: Unit, publicUrl: string, purpose: "sign-in" | "authenticate", account: string | undefined, now: number): Promise<{ challenge: string; options: PublicKeyCredentialRequestOptionsJSON }> {
  const { id: rpID } = relyingParty(publicUrl);
  const { id, challenge } = await newChallenge(unit, purpose, account, now);
  const { generateAuthenticationOptions } = await webauthn();
  return { challenge: id, options: await generateAuthenticationOptions({ rpID, challenge: bytes(challenge), timeout: CHALLENGE_SECONDS * 1_000, userVerification: "required" }) };
}

/**
 * Whose passkey has answered.
 * @param account who it must be; undefined: whoever it is.
 * @throws Refusal `bad-passkey`, for unknown passkeys too.
 */
export async function checkPasskey(
  unit: Unit,
  publicUrl: string,
  request: { purpose: "sign-in" | "authenticate"; account: string | undefined; challenge: string; response: AuthenticationResponseJSON },
  now: number,
): Promise<string> {
  const party = relyingParty(publicUrl);
  const expectedChallenge = await takeChallenge(unit, request.challenge, request.purpose, request.account, now);
  const { response } = request;
  const row = await unit.selectFrom("passkeys").selectAll().where("id", "=", response.id).executeTakeFirst();
  if (row === undefined || (request.account !== undefined && row.account_id !== request.account)) throw new Refusal("bad-passkey");
  const credential = { id: row.id, publicKey: Uint8Array.from(row.public_key), counter: row.counter };
  const { verifyAuthenticationResponse } = await webauthn();
  const answer = await verified(() => verifyAuthenticationResponse({ response, expectedChallenge, expectedOrigin: party.origin, expectedRPID: party.id, credential }));
  // WebAuthn §7.2 step 6: the user handle, where there is one, must be its owner's.
  const handle = response.response.userHandle;
  if (handle !== undefined && handle !== Buffer.from(userHandle(row.account_id)).toString("base64url")) throw new Refusal("bad-passkey");
  await unit.updateTable("passkeys").set({ counter: answer.authenticationInfo.newCounter, used_at: now }).where("id", "=", row.id).execute();
  return row.account_id;
}

export function passkeysOf(unit: Unit, account: string): Promise<PasskeyRow[]> {
  return unit.selectFrom("passkeys").selectAll().where("account_id", "=", account).orderBy("created_at").orderBy("id").execute();
}

/** @throws Refusal `not-found`. */
export async function removePasskey(unit: Unit, account: string, id: string, now: number): Promise<void> {
  const { numDeletedRows } = await unit.deleteFrom("passkeys").where("id", "=", id).where("account_id", "=", account).executeTakeFirst();
  if (Number(numDeletedRows) === 0) throw new Refusal("not-found", "The account has no such passkey.");
  await audit(unit, { at: now, actor: `account/${account}`, action: "passkey.remove", subject: `account/${account}`, detail: { passkey: id } });
}

/** The library throws whatever is wrong with bytes that a stranger sent: all of it is one refusal. */
async function verified<T extends { verified: boolean }>(verify: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await verify();
  } catch {
    throw new Refusal("bad-passkey");
  }
  if (!result.verified) throw new Refusal("bad-passkey");
  return result;
}

/** Names the account to the authenticator, and nobody to anybody else. */
function userHandle(account: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(account, "hex"));
}

function bytes(challenge: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(challenge, "base64url"));
}

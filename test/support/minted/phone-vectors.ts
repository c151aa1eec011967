/** SPEC 20: challenge, response, result, with the holders that they are of. */
import { ascii, concat, toHex } from "../../../protocol/bytes";
import { CredentialKind } from "../../../protocol/credential";
import { deriveDoorKeys } from "../../../protocol/door-keys";
import { encodeResult } from "../../../protocol/door-proof";
import { encodeHandle, type Holder } from "../../../protocol/handle";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import { phoneKey } from "../../../protocol/phone-key";
import { encodeChallenge, encodeResponseHead, responseProof, unansweredResult, type Challenge, type Wish } from "../../../protocol/phone-unlock";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { nodeBlockCipher as cipher } from "../../../hardware-sim/xs/host-block-cipher";
import { flip, put } from "./cbor-surgery";
import { challengeReads, responseReads } from "./reads";
import type { HolderEntry } from "./vector-format";
import { DOOR, DOOR_KEY, DOOR_KEYS, fill, NOW, OTHER_DOOR, type VectorBook } from "./vector-site";

const PHONE: Holder = { kind: CredentialKind.phone, credentialId: fill(8, 0x41) };
const FOB: Holder = { kind: CredentialKind.fob, credentialId: fill(8, 0x42) };
const PHONE_NONCE = fill(8, 0x33);
const OTHER_KEYS = deriveDoorKeys(hashes, DOOR_KEY, OTHER_DOOR);
const ALL: Wish = { unlock: 0 };

const CHALLENGES: Record<string, Challenge> = {
  challenge: { nonce: fill(16, 0x34), listVersion: NOW, wallTime: NOW + 60, offline: false },
  "challenge of a door without network": { nonce: fill(16, 0x35), listVersion: NOW, wallTime: NOW + 60, offline: true },
  "challenge of a door without list and time": { nonce: fill(16, 0x36), listVersion: 0, wallTime: 0, offline: true },
};

/** Handle and key of each holder at the door of the vectors. */
export const HOLDERS: HolderEntry[] = [
  [PHONE, 0],
  [PHONE, 0xffff_ffff],
  [FOB, 1],
].map(([holder, counter]) => {
  const { kind, credentialId } = holder as Holder;
  const handle = encodeHandle(cipher, DOOR_KEYS.handle, { kind, credentialId }, counter as number);
  return { kind, credentialId: toHex(credentialId), counter: counter as number, handle: toHex(handle), key: toHex(phoneKey(hashes, DOOR_KEYS.ble, { kind, credentialId })) };
});

interface Said {
  holder?: Holder;
  wish?: Wish;
  challenge?: string;
  handle?: Uint8Array;
  keys?: typeof DOOR_KEYS;
  door?: Uint8Array;
  label?: string;
  change?: (head: Uint8Array) => Uint8Array;
}

/** A response whose MAC holds over whatever it says. */
function respond({ holder = PHONE, wish = ALL, challenge = "challenge", keys = DOOR_KEYS, door = DOOR, label = "A", change = (head) => head, ...said }: Said = {}): Uint8Array {
  const handle = said.handle ?? encodeHandle(cipher, keys.handle, holder, 7);
  const head = change(encodeResponseHead({ handle, phoneNonce: PHONE_NONCE, wish }));
  const proof = responseProof(door, encodeChallenge(CHALLENGES[challenge]), head);
  proof.set(ascii(label));
  return concat(head, hashes.hmacSha256(phoneKey(hashes, keys.ble, holder), proof).slice(0, 16));
}

export function mintPhones(book: VectorBook): void {
  for (const [name, challenge] of Object.entries(CHALLENGES)) book.accept("challenge", name, encodeChallenge(challenge), challengeReads(challenge));
  const first = encodeChallenge(CHALLENGES["challenge"]);
  book.accept("challenge", "challenge with flags that nobody knows yet", put(first, 25, 0xfe), challengeReads(CHALLENGES["challenge"]));
  book.refuse("challenge", "challenge of version 2", "malformed", put(first, 0, 2));
  book.refuse("challenge", "challenge with a byte cut off", "malformed", first.slice(0, -1));
  book.refuse("challenge", "challenge with a byte more", "malformed", concat(first, Uint8Array.of(0)));
  mintResponses(book);
  mintResults(book, first);
}

function mintResponses(book: VectorBook): void {
  const accept = (name: string, said: Said): void => book.accept("response", name, respond(said), responseReads({ holder: said.holder ?? PHONE, wish: said.wish ?? ALL }), said.challenge === undefined ? undefined : { challenge: said.challenge });
  accept("response of a phone", {});
  accept("response of a fob for output 2", { holder: FOB, wish: { unlock: 4 } });
  accept("response of a courier", { wish: "carry" });
  accept("response to a door without network", { challenge: "challenge of a door without network" });
  const right = respond();
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, challenge?: string | null): void => book.refuse("response", `response ${name}`, code, bytes, challenge === undefined ? undefined : { challenge });
  refuse("with a byte cut off", "malformed", right.slice(0, -1));
  refuse("with a byte more", "malformed", concat(right, Uint8Array.of(0)));
  refuse("of version 2", "malformed", respond({ change: (head) => put(head, 0, 2) }));
  refuse("with command 0", "malformed", respond({ change: (head) => put(head, 25, 0) }));
  refuse("that wants to carry and to open", "malformed", respond({ change: (head) => put(head, 25, 0x21) }));
  refuse("with a command of later versions", "malformed", respond({ change: (head) => put(head, 25, 0x30) }));
  refuse("where no challenge was read, or it is too old, or it was answered", "unknown-nonce", right, null);
  refuse("with a handle of another door", "unknown-handle", respond({ handle: encodeHandle(cipher, OTHER_KEYS.handle, PHONE, 7) }));
  refuse("with a handle of a card", "unknown-handle", respond({ handle: encodeHandle(cipher, DOOR_KEYS.handle, { ...PHONE, kind: 2 as typeof PHONE.kind }, 7) }));
  refuse("with a handle whose last byte is not 0", "unknown-handle", respond({ handle: oddHandle() }));
  refuse("with a flipped bit in its handle", "unknown-handle", put(right, 16, right[16] ^ 1));
  refuse("with a phone's handle and a fob's key of the same id", "bad-mac", withKeyOf({ ...PHONE, kind: CredentialKind.fob }));
  refuse("with another phone's key", "bad-mac", withKeyOf({ ...PHONE, credentialId: fill(8, 0x43) }));
  refuse("with a flipped bit in the phone's nonce", "bad-mac", put(right, 17, right[17] ^ 1));
  refuse("with another output", "bad-mac", put(right, 25, 0x12));
  refuse("with a flipped bit in its MAC", "bad-mac", flip(right, -1));
  refuse("to another challenge", "bad-mac", right, "challenge of a door without network");
  refuse("to another door", "bad-mac", respond({ door: OTHER_DOOR }));
  refuse("with a result's label in its MAC", "bad-mac", respond({ label: "R" }));
}

/** A handle of the phone with a byte that must be 0. */
function oddHandle(): Uint8Array {
  const block = cipher.decrypt(DOOR_KEYS.handle, encodeHandle(cipher, DOOR_KEYS.handle, PHONE, 7));
  return cipher.encrypt(DOOR_KEYS.handle, put(block, 15, 1));
}

/** The phone's handle under somebody else's MAC. */
function withKeyOf(holder: Holder): Uint8Array {
  return respond({ holder, handle: encodeHandle(cipher, DOOR_KEYS.handle, PHONE, 7) });
}

function mintResults(book: VectorBook, challenge: Uint8Array): void {
  const response = respond();
  const key = phoneKey(hashes, DOOR_KEYS.ble, PHONE);
  const of = (status: Parameters<typeof encodeResult>[4]["status"], seconds = 0): Uint8Array => encodeResult(hashes, key, challenge, response, { status, seconds });
  const granted = of("granted", 5);
  book.accept("result", "result: granted", granted, { status: "granted", seconds: 5 });
  book.accept("result", "result: expired", of("expired"), { status: "expired", seconds: 0 });
  book.accept("result", "result: a second PIN is needed", of("second-credential-needed"), { status: "second-credential-needed", seconds: 0 });
  book.accept("result", "result: taken as a courier", of("carry"), { status: "carry", seconds: 0 });
  book.accept("result", "result: unanswered", unansweredResult(), { status: "unanswered", seconds: 0 });
  const refuse = (name: string, code: ProtocolErrorCode, bytes: Uint8Array, given?: { challenge?: string; response?: string }): void => book.refuse("result", `result ${name}`, code, bytes, given);
  refuse("with a byte cut off", "malformed", granted.slice(0, -1));
  refuse("with a byte more", "malformed", concat(granted, Uint8Array.of(0)));
  refuse("of version 2", "malformed", put(granted, 0, 2));
  refuse("of a status that is none", "malformed", put(granted, 1, 14));
  refuse("that makes a refusal a grant", "bad-mac", put(of("expired"), 1, 0));
  refuse("with another time", "bad-mac", put(granted, 2, 6));
  refuse("with a flipped bit in its MAC", "bad-mac", flip(granted, -1));
  refuse("of another response", "bad-mac", granted, { response: "response of a courier" });
  refuse("of another challenge", "bad-mac", granted, { challenge: "challenge of a door without network" });
}

/** SPEC 13: the four messages of a claim. */
import { ascii, concat, toHex } from "../../../protocol/bytes";
import { decodeClaim, encodeClaim, encodeGrant, encodeHello, encodeWelcome, type ClaimContext, type Login } from "../../../protocol/enrolment";
import { hkdfSha256 } from "../../../protocol/hkdf";
import { nobleHashes as hashes } from "../../../protocol/noble-hashes";
import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import { array, byteString, flip, unsigned } from "./cbor-surgery";
import { KEYSET_1, KEYSET_2 } from "./keyset-vectors";
import { helloReads, loginReads, welcomeReads } from "./reads";
import { CLAIM_SECRET, DOOR, DOOR_KEY, ENROLMENT, fill, mint, type VectorBook } from "./vector-site";
import type { VectorObject } from "./vector-format";

const hello = { door: DOOR, doorNonce: fill(16, 0x41) };
const context: ClaimContext = { ...hello, cloudNonce: fill(16, 0x42), site: mint.site, keysets: [KEYSET_1] };
const claimKey = (name: string, length = 32): Uint8Array => hkdfSha256(hashes, CLAIM_SECRET, concat(context.doorNonce, context.cloudNonce), ascii(`latchkey/1/claim/${name}`), length);

/** HMAC of role ‖ T ‖ parts (SPEC 13). */
function claimMac(name: "cloud-mac" | "door-mac", role: number, ...parts: Uint8Array[]): Uint8Array {
  const transcript = concat(DOOR, context.site, context.doorNonce, context.cloudNonce, hashes.sha256(concat(...context.keysets.map(hashes.sha256))));
  return hashes.hmacSha256(claimKey(name), concat(Uint8Array.of(role), transcript, ...parts)).slice(0, 16);
}

/** A message that is an array of byte strings. */
const strings = (...items: Uint8Array[]): Uint8Array => array(items.map(byteString));

export function mintClaims(book: VectorBook): void {
  const refuse = (object: VectorObject, name: string, code: ProtocolErrorCode, bytes: Uint8Array): void => book.refuse(object, `${object} ${name}`, code, bytes);
  const right = encodeHello(hello);
  book.accept("hello", "hello", right, helloReads(hello));
  refuse("hello", "with a door id of seven bytes", "malformed", strings(DOOR.slice(1), hello.doorNonce));
  refuse("hello", "with a nonce of 17 bytes", "too-large", strings(DOOR, fill(17, 1)));
  refuse("hello", "with a third item", "too-large", strings(DOOR, hello.doorNonce, fill(1, 1)));
  refuse("hello", "with a byte behind it", "malformed", concat(right, Uint8Array.of(0)));
  mintWelcomes(book, refuse);

  const claim = encodeClaim(hashes, CLAIM_SECRET, context, DOOR_KEY);
  const { sealedDoorKey, mac } = decodeClaim(claim);
  book.accept("claim", "claim", claim, { doorKey: toHex(DOOR_KEY) });
  refuse("claim", "with another sealed key", "bad-mac", flip(claim, -20));
  refuse("claim", "with a flipped bit in its MAC", "bad-mac", flip(claim, -1));
  const claimOf = (...items: Uint8Array[]): Uint8Array => strings(DOOR, context.doorNonce, context.cloudNonce, ...items);
  refuse("claim", "with a MAC by the cloud's key", "bad-mac", claimOf(sealedDoorKey, claimMac("cloud-mac", 2, sealedDoorKey)));
  refuse("claim", "with the MAC of a grant", "bad-mac", claimOf(sealedDoorKey, claimMac("door-mac", 3, sealedDoorKey)));
  refuse("claim", "with a sealed key of 31 bytes", "malformed", claimOf(sealedDoorKey.slice(1), mac));
  refuse("claim", "without its MAC", "malformed", claimOf(sealedDoorKey));
  refuse("claim", "with a sixth item", "too-large", claimOf(sealedDoorKey, mac, mac));
  refuse("claim", "with a byte behind it", "malformed", concat(claim, Uint8Array.of(0)));
  mintGrants(book, refuse, sealedDoorKey);
}

type Refuse = (object: VectorObject, name: string, code: ProtocolErrorCode, bytes: Uint8Array) => void;

function mintWelcomes(book: VectorBook, refuse: Refuse): void {
  const made = (keysets: Uint8Array[], secret = CLAIM_SECRET): Uint8Array => encodeWelcome(hashes, secret, { ...context, keysets });
  const welcome = made([KEYSET_1]);
  book.accept("welcome", "welcome", welcome, welcomeReads(context));
  const two = [KEYSET_1, KEYSET_2];
  book.accept("welcome", "welcome with two keysets", made(two), welcomeReads({ ...context, keysets: two }));
  refuse("welcome", "of somebody who does not know the secret", "bad-mac", made([KEYSET_1], fill(16, 1)));
  refuse("welcome", "with a keyset less than its MAC says", "bad-mac", array([byteString(context.cloudNonce), byteString(context.site), array([byteString(KEYSET_1)]), made(two).slice(-17)]));
  refuse("welcome", "whose keysets begin with number 2", "wrong-keyset-number", made([KEYSET_2]));
  refuse("welcome", "with a keyset that no root signed", "bad-signature", made([flip(KEYSET_1, -1)]));
  refuse("welcome", "without a keyset", "malformed", made([]));
  refuse("welcome", "with 65 keysets", "too-large", made(Array.from({ length: 65 }, () => fill(1, 0))));
  refuse("welcome", "with a byte behind it", "malformed", concat(welcome, Uint8Array.of(0)));
  book.refuse("welcome", "welcome of 16,385 bytes", "too-large", welcome, undefined, 16_385 - welcome.length);
}

function mintGrants(book: VectorBook, refuse: Refuse, sealedKey: Uint8Array): void {
  const login: Login = { enrolment: ENROLMENT, password: ascii("0123456789abcdef0123456789abcdef"), brokerHost: ascii("door.example"), brokerPort: 1_883 };
  const made = (changes: Partial<Login>): Uint8Array => encodeGrant(hashes, CLAIM_SECRET, context, sealedKey, { ...login, ...changes });
  const accept = (name: string, changes: Partial<Login> = {}): void => book.accept("grant", name, made(changes), loginReads({ ...login, ...changes }));
  accept("grant");
  accept("grant of a broker that is where the claim went", { brokerHost: new Uint8Array(0), brokerPort: 65_535 });
  const right = made({});
  refuse("grant", "with a flipped bit in its login", "bad-mac", flip(right, 5));
  refuse("grant", "with a flipped bit in its MAC", "bad-mac", flip(right, -1));
  refuse("grant", "that answers another claim", "bad-mac", encodeGrant(hashes, CLAIM_SECRET, context, flip(sealedKey, 0), login));
  /** A login of any form, sealed as it should be. */
  const sealedLogin = (plain: Uint8Array, key: "cloud-mac" | "door-mac" = "cloud-mac"): Uint8Array => {
    const stream = claimKey("cloud-seal", plain.length);
    const sealed = plain.map((byte, index) => byte ^ stream[index]);
    return strings(sealed, claimMac(key, 3, sealedKey, sealed));
  };
  const plain = (password: Uint8Array, host: Uint8Array, port: number): Uint8Array => array([unsigned(ENROLMENT), byteString(password), byteString(host), unsigned(port)]);
  const { password, brokerHost, brokerPort } = login;
  refuse("grant", "with a MAC by the door's key", "bad-mac", sealedLogin(plain(password, brokerHost, brokerPort), "door-mac"));
  refuse("grant", "with a password of 15 bytes", "malformed", sealedLogin(plain(fill(15, 0x61), brokerHost, brokerPort)));
  refuse("grant", "with a password of 65 bytes", "too-large", sealedLogin(plain(fill(65, 0x61), brokerHost, brokerPort)));
  refuse("grant", "with a host of 129 bytes", "too-large", sealedLogin(plain(password, fill(129, 0x61), brokerPort)));
  refuse("grant", "with port 65,536", "malformed", sealedLogin(plain(password, brokerHost, 65_536)));
  refuse("grant", "with a byte behind its login", "malformed", sealedLogin(concat(plain(password, brokerHost, brokerPort), Uint8Array.of(0))));
  refuse("grant", "without a login", "malformed", strings(new Uint8Array(0), claimMac("cloud-mac", 3, sealedKey)));
  refuse("grant", "with a third item", "too-large", concat(Uint8Array.of(0x83), right.slice(1), Uint8Array.of(0)));
  refuse("grant", "with a byte behind it", "malformed", concat(right, Uint8Array.of(0)));
}

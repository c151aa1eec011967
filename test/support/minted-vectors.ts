/**
 * Latchkey's own test vectors, made from fixed keys: what SPEC.md describes, once right and then with one fault
 * each, named after it. `npm run vectors` writes them to protocol/vectors.json for whoever builds another door.
 */
import { sortRows } from "../../protocol/access-list";
import { fromHex, toHex } from "../../protocol/bytes";
import { DOOR_KEY_NAMES } from "../../protocol/door-keys";
import { encodeProfile } from "../../protocol/profile";
import { encodeScheduleRule } from "../../protocol/schedule";
import { mintClaims } from "./minted/claim-vectors";
import { mintCommands } from "./minted/command-vectors";
import { mintCouriers } from "./minted/courier-vectors";
import { DECISION_DEFAULTS, decisionTable } from "./minted/decision-table";
import { FULL, HOLD_OPEN, LOCK_DOWN, mintDeltas } from "./minted/delta-vectors";
import { mintEvents } from "./minted/event-vectors";
import { mintFirmware } from "./minted/firmware-vectors";
import { mintKeysets } from "./minted/keyset-vectors";
import { mintLeases } from "./minted/lease-vectors";
import { BASE, mintLists } from "./minted/list-vectors";
import { LATEST_OPENINGS } from "./minted/opening-table";
import { HOLDERS, mintPhones } from "./minted/phone-vectors";
import { FOB, mintFobs } from "./minted/fob-vectors";
import { profileReads, ruleReads } from "./minted/reads";
import { LAST_COUNTER, mintReceipts } from "./minted/report-vectors";
import { CREDENTIALS, PROFILES, RULES } from "./minted/sample-rights";
import type { CredentialEntry, MintedVectors } from "./minted/vector-format";
import { CLAIM_SECRET, DOOR, DOOR_KEY, DOOR_KEYS, ENROLMENT, IMAGE_KEY, mint, NEW_ROOT, NOW, ROOT, TARGET, THIRD_ROOT, TIME_NONCE, VectorBook } from "./minted/vector-site";

const ABOUT = [
  "Test vectors of the Latchkey protocol, version 1: see SPEC.md beside this file. Byte strings are in hexadecimal, times in Unix seconds, names are unique. Written by `npm run vectors`.",
  "`vectors` are grouped by object. A vector is one message: `hex`, with `zeros` zero bytes behind it where that stands there. Its receiver does with it as `expect` says: it takes it (`accepted`; what it then reads is `reads`) or refuses it by that name (SPEC 18). Where it is refused there is one fault, or what comes first is told.",
  "`given` at the top says for each object what its receiver has before, and `given` in a vector overrides it field by field. Names are those of vectors, null is none. `keyset` is the keyset in force (keyset 1 is read with no predecessor, every other one as the successor of the one given); `list` the manifest of the active list, with the pages that `snapshots` names; `delta` the delta active on it; `lease` the lease held; `base` the base in the delta's topic; `fetching` and `page` the manifest whose pages are asked for and the page's number; `nonce` that of the last question for the time; `enrolment` the number of the claim that counts; `counter` that of the last receipt taken; `previousMac` the MAC of the event before, if the cloud has it; `hello`, `welcome` and `claim` what went before in a claim; `challenge` the challenge that this connection has read and not answered, and `response` what a result answers; `target`, `running`, `minimum` and `failed` the kind of board, the version that runs, the largest minimum that was ever taken and the version that failed its trial (0 = none).",
  "The door's keys follow from doorKey (SPEC 1); list and lease key stand in the keysets, the image key under `imageKey`. Secrets of Ed25519 are 32-byte seeds of RFC 8032.",
  "`credentials` lists who stands in the list `manifest`: value → tag (SPEC 5.1) → rows, and the rows in the list with the first delta, where they differ. Everybody else there is a resident with a PIN from 300000 on. `profiles` and `rules` are those of the same list; the delta changes some.",
  "`decisions` (SPEC 6) are what a door decides for a credential (kind and tag) at `at` (null = the time is unknown). What is left out is as in `decisionDefaults`: the list in force, of `lists`; the mask of the outputs asked for; the time floor; the lease, with its not-after for each class (null = none); uses so far, by the number of their counter; whether the use journal is full; whether the keypad waits after wrong PINs. `secondTag` is that of a second PIN that was given, `counts` the counter that a grant uses up, `moves` the mask of the outputs that a grant moves (1 = output 0 alone where it is left out).",
  "`holders` (SPEC 20) are a phone and a fob: a handle of each and its key at the door. `phone-frame` and `door-frame` are frames of couriers, by who writes them; `item-down` and `item-up` sealed items (SPEC 21), of which the header and the message are read. `fob-assignment`, `fob-frame` and `fob-report` (SPEC 23) are of the fob whose id and secret are `fob` and `fobSecret`; `wrong-target` is what it answers as wrong-fob.",
  "`latestOpenings` (SPEC 16) are the sums of \"may open until at most\"; until null = no limit until the door is reached.",
];

export function mintVectors(): MintedVectors {
  const book = new VectorBook();
  const snapshots: MintedVectors["snapshots"] = {};
  mintKeysets(book);
  mintLists(book, snapshots);
  mintDeltas(book);
  mintLeases(book);
  const hashOf = (name: string): Uint8Array => fromHex(book.vectors.delta.find((vector) => vector.name === name)!.reads!["hash8"] as string)!;
  mintReceipts(book, { manifestHash: BASE.hash, deltaHash: hashOf(FULL) });
  mintEvents(book);
  mintCommands(book);
  mintFirmware(book);
  mintClaims(book);
  mintPhones(book);
  mintCouriers(book);
  mintFobs(book);
  const secrets = { root: ROOT, secondRoot: NEW_ROOT, thirdRoot: THIRD_ROOT, list: mint.listKey, lease: mint.leaseKey, image: IMAGE_KEY };
  const door = { keyset: "keyset 1", list: "manifest", delta: null, lease: null };
  const claim = { hello: "hello", welcome: "welcome", claim: "claim" };
  return {
    about: ABOUT,
    keys: {
      door: toHex(DOOR),
      site: toHex(mint.site),
      claimSecret: toHex(CLAIM_SECRET),
      doorKey: toHex(DOOR_KEY),
      ...Object.fromEntries(Object.entries(secrets).map(([name, { secretKey }]) => [`${name}Secret`, toHex(secretKey)])),
      imageKey: toHex(IMAGE_KEY.publicKey),
      fob: toHex(FOB.id),
      fobSecret: toHex(FOB.secret),
      ...Object.fromEntries(DOOR_KEY_NAMES.map((name) => [`K_${name}`, toHex(DOOR_KEYS[name])])),
    },
    given: {
      keyset: { keyset: "keyset 1" },
      manifest: { ...door, list: null },
      page: { ...door, list: null },
      delta: { ...door, base: NOW },
      lease: door,
      time: { keyset: "keyset 1", nonce: toHex(TIME_NONCE) },
      ack: { enrolment: ENROLMENT },
      command: {},
      firmware: { target: toHex(TARGET), running: 7, minimum: 5, failed: 0 },
      receipt: { enrolment: ENROLMENT, counter: LAST_COUNTER },
      events: { enrolment: ENROLMENT, previousMac: null },
      reply: {},
      state: {},
      need: {},
      hello: {},
      welcome: { hello: claim.hello },
      claim: { hello: claim.hello, welcome: claim.welcome },
      grant: claim,
      challenge: {},
      response: { challenge: "challenge" },
      result: { challenge: "challenge", response: "response of a phone" },
      "phone-frame": {},
      "door-frame": {},
      "item-down": {},
      "item-up": {},
      "fob-assignment": {},
      "fob-frame": {},
      "fob-report": {},
    },
    snapshots,
    vectors: book.vectors,
    profiles: PROFILES.map((profile) => ({ hex: toHex(encodeProfile(profile)), ...profileReads(profile) })),
    rules: RULES.map((rule) => ({ hex: toHex(encodeScheduleRule(rule)), ...ruleReads(rule) })),
    credentials: CREDENTIALS.map(
      ({ name, kind, value, after, tag, rows, inDelta }): CredentialEntry => ({
        name,
        kind,
        value: toHex(value),
        ...(after !== undefined && { after }),
        tag: toHex(tag),
        rows: sortRows(rows).map(toHex),
        ...(inDelta && { inDelta: sortRows(inDelta).map(toHex) }),
      }),
    ),
    holders: HOLDERS,
    lists: {
      base: { manifest: "manifest", delta: null },
      delta: { manifest: "manifest", delta: FULL },
      "lock-down": { manifest: "manifest", delta: LOCK_DOWN },
      "hold-open": { manifest: "manifest", delta: HOLD_OPEN },
      strict: { manifest: "manifest of a door whose residents need a lease too", delta: null },
      west: { manifest: "manifest of a door three and a half hours west, where nobody needs a lease", delta: null },
    },
    decisionDefaults: DECISION_DEFAULTS,
    decisions: decisionTable(),
    latestOpenings: LATEST_OPENINGS,
  };
}

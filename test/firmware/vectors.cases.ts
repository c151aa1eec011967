import { Admission } from "../../firmware/admission/admission";
import { decideAccess, type Decision } from "../../firmware/decide-access";
import { lookUp, openAccessList, type AccessList } from "../../protocol/access-list";
import { concat, fromHex, toHex } from "../../protocol/bytes";
import { parseSigned, signingContext } from "../../protocol/cose-sign1";
import { CredentialKind, credentialTag, secondPinTag } from "../../protocol/credential";
import type { Reason } from "../../protocol/decision";
import { decodeDelta } from "../../protocol/delta";
import { DOOR_KEY_NAMES } from "../../protocol/door-keys";
import { encodeHandle, openHandle, type RadioKind } from "../../protocol/handle";
import type { Hashes } from "../../protocol/hashes";
import { DELTA_BYTES_MAX, MANIFEST_BYTES_MAX } from "../../protocol/limits";
import { decodeManifest } from "../../protocol/manifest";
import { decodeManifestMessage } from "../../protocol/manifest-message";
import { phoneKey } from "../../protocol/phone-key";
import { decodeProfile } from "../../protocol/profile";
import { encodeRow } from "../../protocol/row";
import { decodeScheduleRule } from "../../protocol/schedule";
import type { Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { profileReads, ruleReads } from "../support/minted/reads";
import type { DecisionEntry, DecisionGiven, VectorObject } from "../support/minted/vector-format";
import { bytesOf, DOOR, doorKeys, minted, readVector } from "../support/minted/vector-readers";

const opened = new Map<string, AccessList>();

/** A list of the vectors, in memory. */
function listOf(name: string): AccessList {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const { manifest, delta } = minted.lists[name];
  const { payload } = parseSigned(decodeManifestMessage(bytesOf(manifest)).signed, signingContext("manifest", DOOR), MANIFEST_BYTES_MAX);
  const change = delta === null ? undefined : decodeDelta(parseSigned(bytesOf(delta), signingContext("delta", DOOR), DELTA_BYTES_MAX).payload);
  const body = concat(...minted.snapshots[manifest].map(bytesOf));
  const list = openAccessList(decodeManifest(payload), change, { read: (offset, length) => body.slice(offset, offset + length), isSound: () => true });
  opened.set(name, list);
  return list;
}

type Decided = DecisionEntry & DecisionGiven;

function decide(decision: Decided): Decision {
  const { list, kind, tag, secondTag, outputs, at, floor, lease, uses, usesFull } = decision;
  return decideAccess({
    list: list === null ? undefined : listOf(list),
    kind: kind as CredentialKind,
    tag: fromHex(tag)!,
    secondTag: secondTag === undefined ? undefined : fromHex(secondTag),
    outputs,
    wallTime: at ?? undefined,
    timeFloor: floor,
    lease: lease === null ? undefined : { epoch: 1, version: 0, issuedAt: 0, guestNotAfter: lease.guest, staffNotAfter: lease.staff, residentNotAfter: lease.resident },
    usesOf: (_, useCounter) => uses[useCounter] ?? 0,
    usesFull,
  });
}

/** The same at the reader of a door whose keypad waits. */
function decideWaiting(hashes: Hashes, { list, kind, tag, at, floor }: Decided): Reason | undefined {
  let told: Reason | undefined;
  const nothing = (): void => {};
  const admission = new Admission({
    hashes,
    tagKey: doorKeys(hashes).tag,
    list: () => (list === null ? undefined : listOf(list)),
    lease: () => undefined,
    clock: { wallTime: () => at ?? undefined, floor },
    throttle: { charge: () => false, takeBack: nothing, charges: 5 },
    uses: { usesOf: () => 0, consume: () => true, full: false },
    log: { append: () => 0, nextAtMost: 0 },
    door: { unlock: nothing },
    mode: { entered: nothing },
    onOutcome: ({ reason }) => (told = reason),
  });
  const signal = { granted: nothing, denied: nothing, wait: nothing, error: nothing };
  const value = fromHex(minted.credentials.find((credential) => credential.tag === tag)!.value)!;
  admission.present({ index: 0, outputs: 15, signal, engaged: false, promptSecond: nothing }, { kind: kind as CredentialKind, value });
  return told;
}

export const cases: Cases = {
  "vectors: keys of the door, tags of credentials and their rows"(assert, { hashes }) {
    const keys = doorKeys(hashes);
    for (const name of DOOR_KEY_NAMES) assert.is(toHex(keys[name]), minted.keys[`K_${name}`]);
    const [base, changed] = [listOf("base"), listOf("delta")];
    for (const { name, kind, value, after, tag, rows, inDelta } of minted.credentials) {
      const first = minted.credentials.find((credential) => credential.name === after);
      const bytes = fromHex(value)!;
      const derived = first === undefined ? credentialTag(hashes, keys.tag, kind as CredentialKind, bytes) : secondPinTag(hashes, keys.tag, fromHex(first.tag)!, bytes);
      assert.is(toHex(derived), tag, name);
      const found = (list: AccessList): string[] => lookUp(list, derived, kind).map((row) => toHex(encodeRow(row)));
      // A door looks at eight of them.
      assert.deepEqual(found(base), rows.slice(0, 8), name);
      assert.deepEqual(found(changed), (inDelta ?? rows).slice(0, 8), name);
    }
  },

  "vectors: handles and keys of phones and fobs"(assert, { hashes, blockCipher }) {
    const keys = doorKeys(hashes);
    for (const { kind, credentialId, counter, handle, key } of minted.holders) {
      const holder = { kind: kind as RadioKind, credentialId: fromHex(credentialId)! };
      assert.is(toHex(encodeHandle(blockCipher, keys.handle, holder, counter)), handle);
      assert.deepEqual(openHandle(blockCipher, keys.handle, fromHex(handle)!), holder);
      assert.is(toHex(phoneKey(hashes, keys.ble, holder)), key);
    }
  },

  "vectors: profiles and rules are those of the list"(assert) {
    const { body, manifest } = listOf("base");
    const start = 8 * manifest.rows;
    assert.is(minted.profiles.length, manifest.profiles);
    assert.is(minted.rules.length, manifest.rules);
    minted.profiles.forEach(({ hex, ...profile }, index) => {
      assert.is(toHex(body.read(start + 12 * index, 12)), hex);
      assert.deepEqual(profileReads(decodeProfile(fromHex(hex as string)!)!), profile);
    });
    minted.rules.forEach(({ hex, ...rule }, index) => {
      assert.is(toHex(body.read(start + 12 * manifest.profiles + 8 * index, 8)), hex);
      assert.deepEqual(ruleReads(decodeScheduleRule(fromHex(hex as string)!)!), rule);
    });
  },

  "SPEC 16: the sums of the vectors are those of the page"(assert) {
    for (const { name, leased, leaseEnd, rightEnd, lastSignedTime, unlockSeconds, until } of minted.latestOpenings) {
      const byRight = rightEnd !== null && rightEnd < leaseEnd + 60;
      const end = byRight ? rightEnd : leaseEnd;
      const drift = Math.ceil((Math.max(0, end - lastSignedTime) * 100) / 1_000_000);
      assert.is(leased ? end + (byRight ? 0 : 60) + 960 + drift + unlockSeconds : null, until, name);
    }
  },

  ...Object.fromEntries(
    Object.entries(minted.vectors).map(([object, vectors]): [string, Cases[string]] => [
      `vectors: ${object}: ${vectors.length} read as SPEC.md says`,
      (assert, natives) => {
        allOf(assert, vectors, (vector) => {
          const read = (): unknown => readVector(natives, object as VectorObject, vector);
          if (vector.expect !== "accepted") assert.throws(read, vector.expect);
          else if (vector.reads === undefined) read();
          else assert.deepEqual(read(), vector.reads);
        });
      },
    ]),
  ),

  "vectors: decisions"(assert, { hashes }) {
    allOf(assert, minted.decisions, (entry) => {
      const decision: Decided = { ...minted.decisionDefaults, ...entry };
      if (decision.keypadWaits) return assert.is(decideWaiting(hashes, decision), entry.reason);
      const decided = decide(decision);
      assert.is(decided.granted ? "granted" : decided.reason, entry.reason);
      assert.is(decided.granted && decided.consumesUse ? decided.row.useCounter : undefined, entry.counts);
      if (decided.granted) assert.is(decided.outputs, entry.moves ?? 1);
    });
  },
};

/** Every entry is looked at; those that are wrong are named together. */
function allOf<T extends { name: string }>(assert: Assert, entries: readonly T[], check: (entry: T) => void): void {
  const wrong: string[] = [];
  for (const entry of entries) {
    try {
      check(entry);
    } catch (error) {
      wrong.push(`${entry.name}: ${String(error)}`);
    }
  }
  assert.deepEqual(wrong, []);
}

/**
 * The power goes at every step of every update: before, inside and after each 16 bytes written, each erase, each
 * key-value write, and once more while the door starts again. What it decides by afterwards is a list that was
 * committed, whole, and never older than what it has acknowledged; and it goes on from there.
 */
import test from "ava";
import type { ListDelta } from "../firmware/access-list/delta-sectors";
import { slotPage } from "../firmware/flash-layout";
import { SECTOR_BYTES } from "../firmware/limits";
import { runToEnd } from "../firmware/work-queue";
import { toHex } from "../protocol/bytes";
import { encodeSign1 } from "../protocol/cose-sign1";
import { encodeDelta, type Delta } from "../protocol/delta";
import { verify } from "../protocol/ed25519";
import { hash8 } from "../protocol/manifest";
import { ProtocolError } from "../protocol/protocol-error";
import type { Row } from "../protocol/row";
import { type CutPoint, PowerCut } from "../hardware-sim/power-supply";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { ListRig } from "./support/list-rig";
import { fillerRow, fillerRows, Mint, testKey, type MintedSnapshot } from "./support/mint";

const verdicts = new Map<string, boolean>();

/** As a board with a native check, and each signature once. */
function verifyOnce(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const key = toHex(signature) + toHex(publicKey) + toHex(nodeHashes.sha256(message));
  let verdict = verdicts.get(key);
  if (verdict === undefined) verdicts.set(key, (verdict = verify(signature, message, publicKey)));
  return verdict;
}

/** Rows of which some lists lack one or the other. */
const PROBES = [1, 2, 3, 4, 5, 6].map((number) => fillerRow(number * 0x10_0000_0000));

/** Everything that tells one list from another, and what it answers. */
function listOf(rig: ListRig): string {
  const { active } = rig.store;
  if (active === undefined) return "none";
  const answers = PROBES.map(({ tag }) => (rig.knowsTag(tag) ? "+" : "-")).join("");
  return `${active.epoch}.${active.version} ${toHex(active.manifestHash)} ${toHex(active.deltaHash)} ${answers}`;
}

interface Update {
  /** Brings a new door to where the update begins. */
  prepare(rig: ListRig): void;
  /** What the cloud sends, step by step; each may be sent again. */
  steps: ((rig: ListRig) => void)[];
}

/** Sends something that the door may have already. */
function sendAgain(rig: ListRig, step: (rig: ListRig) => void): void {
  try {
    step(rig);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "old-version") throw error;
  }
}

/** The lists that an update goes through, in order; each counts from the moment its activation is heard of. */
function listsOf(rig: ListRig, update: Update): string[] {
  const lists = [listOf(rig)];
  const noteList = (): void => {
    const list = listOf(rig);
    if (list !== lists[lists.length - 1]) lists.push(list);
  };
  rig.onActivated = noteList;
  for (const step of update.steps) step(rig);
  rig.onActivated = () => {};
  return lists;
}

/** Runs until the power goes. @returns false where it went. */
function survives(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof PowerCut) return false;
    throw error;
  }
}

const SECOND_CUTS = 3;
const POINTS: CutPoint[] = ["before", "inside", "after"];

/** @returns how many cuts it took. */
function cutEverywhere(encrypted: boolean, update: Update): number {
  const rig = new ListRig({ hashes: nodeHashes, encrypted, verifySignature: verifyOnce });
  update.prepare(rig);
  const start = rig.memory();
  const startAgain = (): void => {
    rig.restore(start);
    rig.boot();
  };
  startAgain();
  const from = rig.supply.steps;
  const lists = listsOf(rig, update);
  const steps = rig.supply.steps - from;
  let cuts = 0;
  for (let step = 0; step < steps; step++) {
    for (const point of POINTS) {
      startAgain();
      let acknowledged = 0;
      rig.onActivated = () => (acknowledged = Math.max(acknowledged, lists.indexOf(listOf(rig))));
      rig.supply.cutAfter(step, point);
      const where = `cut ${point} step ${step} of ${steps}`;
      if (survives(() => update.steps.forEach((send) => send(rig)))) throw new Error(`${where} did not come`);
      cuts += 1;
      const afterCut = rig.memory();
      rig.onActivated = () => {};
      for (let second = -1; second < SECOND_CUTS; second++) {
        rig.restore(afterCut);
        if (second >= 0) {
          rig.supply.cutAfter(second, second % 2 === 0 ? "inside" : "after");
          if (survives(() => rig.boot())) {
            rig.supply.cancelCut();
            break;
          }
          cuts += 1;
        }
        rig.boot();
        recover(rig, update, lists, acknowledged, `${where}, second ${second}`);
      }
    }
  }
  return cuts;
}

function recover(rig: ListRig, update: Update, lists: string[], acknowledged: number, where: string): void {
  const found = lists.indexOf(listOf(rig));
  if (found < 0) throw new Error(`${where}: a list that never was: ${listOf(rig)}`);
  if (found < acknowledged) throw new Error(`${where}: list ${found} after ${acknowledged} was acknowledged`);
  if (rig.store.alarms.listLost || rig.store.alarms.listDamaged) throw new Error(`${where}: an alarm`);
  for (const step of update.steps) sendAgain(rig, step);
  const end = lists[lists.length - 1];
  if (listOf(rig) !== end) throw new Error(`${where}: it does not go on: ${listOf(rig)}`);
  rig.boot();
  if (listOf(rig) !== end) throw new Error(`${where}: it did not last: ${listOf(rig)}`);
}

const mint = new Mint(nodeHashes);
const all: readonly Row[] = PROBES;
const without = (...gone: number[]): Row[] => all.filter((_, index) => !gone.includes(index));
const small = mint.snapshot({ version: 10, rows: all });
const large = mint.snapshot({ version: 10, rows: [...fillerRows(520), ...all] });
const fetch = (snapshot: MintedSnapshot) => (rig: ListRig) => rig.fetch(snapshot);
const apply = (base: MintedSnapshot, delta: Uint8Array) => (rig: ListRig) => rig.apply(base, delta);
const first = mint.delta(small, { version: 11, rows: without(0) });
const second = mint.delta(small, { version: 12, rows: without(0, 1) });
const rebased = mint.snapshot({ version: 13, rows: without(0, 1) });

const claimed = (rig: ListRig): void => rig.claim();
const withBase = (rig: ListRig): void => {
  claimed(rig);
  rig.fetch(small);
};
const withDelta = (rig: ListRig): void => {
  withBase(rig);
  rig.apply(small, first);
};

const updates: Record<string, Update> = {
  "a first snapshot": { prepare: claimed, steps: [fetch(small)] },
  "a first snapshot of two pages": { prepare: claimed, steps: [fetch(large)] },
  "a first delta": { prepare: withBase, steps: [apply(small, first)] },
  "a second delta": { prepare: withDelta, steps: [apply(small, second)] },
  "three deltas": { prepare: withBase, steps: [apply(small, first), apply(small, second), apply(small, mint.delta(small, { version: 14, rows: without(0, 1, 2) }))] },
  "a rebase that says it all": { prepare: withDelta, steps: [fetch(rebased)] },
  "a rebase in the middle of revocations": {
    prepare: withDelta,
    steps: [
      (rig: ListRig) => rig.run(rig.updater.receiveManifest(rebased.message)),
      apply(small, mint.delta(small, { version: 14, rows: without(0, 1, 2) })),
      fetch(rebased),
      apply(small, mint.delta(small, { version: 15, rows: without(0, 1, 2, 3) })),
      apply(rebased, mint.delta(rebased, { version: 15, rows: without(0, 1, 2, 3) })),
      apply(rebased, mint.delta(rebased, { version: 16, rows: without(0, 1, 2, 3, 4) })),
    ].map((step) => (rig: ListRig) => sendAgainAfterRebase(rig, step)),
  },
  "a snapshot in place of one under way": {
    prepare(rig) {
      withDelta(rig);
      rig.run(rig.updater.receiveManifest(rebased.message));
    },
    steps: [fetch(mint.snapshot({ version: 20, rows: without(0, 2) }))],
  },
  "a new base in the slot of the old one": {
    prepare(rig) {
      withDelta(rig);
      rig.fetch(rebased);
    },
    steps: [fetch(mint.snapshot({ version: 20, rows: without(0, 2) }))],
  },
};

/** On the new base the old one's deltas have no base any more, which a cloud that sends again does not know. */
function sendAgainAfterRebase(rig: ListRig, step: (rig: ListRig) => void): void {
  const rebasedAlready = rig.store.active?.list.manifest.version === rebased.manifest.version;
  try {
    step(rig);
  } catch (error) {
    if (!rebasedAlready || !(error instanceof ProtocolError) || error.code !== "wrong-base") throw error;
  }
}

const epochTwo = new Mint(nodeHashes);
epochTwo.epoch = 2;
epochTwo.listKey = testKey(12);
const newEpoch = epochTwo.snapshot({ version: 3, rows: without(5) });
updates["a new epoch"] = {
  prepare(rig) {
    withDelta(rig);
    rig.run(rig.keysets.receiveKeyset(epochTwo.keyset(2)));
  },
  steps: [fetch(newEpoch), apply(newEpoch, epochTwo.delta(newEpoch, { version: 4, rows: without(4, 5) }))],
};

const COMMITS_PER_SECTOR = 256;
const unsignedDeltas = new Map<number, ListDelta>();

/** For the store alone, which takes the updater's word that a signature held. */
function unsignedDelta(version: number): ListDelta {
  let found = unsignedDeltas.get(version);
  if (found === undefined) {
    const none = new Uint8Array(0);
    const delta: Delta = { epoch: 1, base: 10, version, manifestHash: small.hash, tombstones: Uint16Array.of(0), added: none, profiles: none, rules: none, lockState: 0, throttleReset: 0, policy: undefined, released: false };
    const payload = encodeDelta(delta);
    found = { delta, hash: hash8(nodeHashes, payload), message: encodeSign1(payload, new Uint8Array(4), new Uint8Array(64)) };
    unsignedDeltas.set(version, found);
  }
  return found;
}

for (const encrypted of [false, true]) {
  const mode = encrypted ? "encrypted flash" : "plain flash";
  for (const [what, update] of Object.entries(updates)) {
    test(`X3: the power goes anywhere in ${what} (${mode})`, (t) => {
      const cuts = cutEverywhere(encrypted, update);
      t.log(`${cuts} cuts`);
      t.true(cuts > 50);
    });
  }

  test(`X3: the power goes anywhere while the commit log goes round (${mode})`, (t) => {
    const rig = new ListRig({ hashes: nodeHashes, encrypted, verifySignature: verifyOnce });
    withBase(rig);
    const start = rig.memory();
    const last = COMMITS_PER_SECTOR + 20;
    let steps = Infinity;
    for (let step = 0; step < steps; step++) {
      rig.restore(start);
      rig.boot();
      // The first commit after a boot begins a sector; these fill it.
      for (let version = 20; version < last; version++) runToEnd(rig.store.commitDelta(unsignedDelta(version)));
      const before = rig.supply.steps;
      rig.supply.cutAfter(step);
      const acknowledged = survives(() => {
        runToEnd(rig.store.commitDelta(unsignedDelta(last)));
        runToEnd(rig.store.keepTwice(unsignedDelta(last)));
      });
      rig.supply.cancelCut();
      if (acknowledged) steps = rig.supply.steps - before;
      rig.boot();
      const { version } = rig.store.active!;
      t.true(version === last || (version === last - 1 && !acknowledged), `step ${step}: ${version}`);
      runToEnd(rig.store.commitDelta(unsignedDelta(last + 1)));
      rig.boot();
      t.is(rig.store.active!.version, last + 1, `step ${step}`);
    }
    t.true(steps > 20);
  });

  test(`X3: the power goes anywhere while a page is made again (${mode})`, (t) => {
    const rig = new ListRig({ hashes: nodeHashes, encrypted, verifySignature: verifyOnce });
    claimed(rig);
    rig.fetch(large);
    rig.apply(large, mint.delta(large, { version: 11, rows: [...fillerRows(520), ...without(0)] }));
    const list = listOf(rig);
    rig.flash.flip(slotPage(0, 0) * SECTOR_BYTES + 1_000, 2);
    const damaged = rig.memory();
    let cut = true;
    let step = 0;
    for (; cut; step++) {
      rig.restore(damaged);
      rig.supply.restore();
      rig.supply.cutAfter(step);
      cut = !survives(() => rig.boot());
      rig.supply.cancelCut();
      rig.boot();
      t.is(listOf(rig), list, `step ${step}`);
      t.false(rig.store.alarms.listDamaged, `step ${step}`);
    }
    t.is(step, 258);
  });
}

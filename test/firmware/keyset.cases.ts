import type { Hashes } from "../../protocol/hashes";
import { concat } from "../../protocol/bytes";
import { KEYSET_BYTES_MAX } from "../../protocol/limits";
import type { Cases } from "../support/cases";
import type { Assert } from "../support/portable-assert";
import { ListRig } from "../support/list-rig";
import { Mint, testKey } from "../support/mint";

function claimed(hashes: Hashes): { rig: ListRig; mint: Mint } {
  const rig = new ListRig({ hashes });
  rig.claim();
  return { rig, mint: rig.mint };
}

function refused(assert: Assert, rig: ListRig, what: string, code: string, message: Uint8Array): void {
  const before = { steps: rig.supply.steps, number: rig.keysets.current?.number, floors: rig.floors.length };
  assert.throws(() => rig.run(rig.keysets.receiveKeyset(message)), code, what);
  assert.deepEqual({ steps: rig.supply.steps, number: rig.keysets.current?.number, floors: rig.floors.length }, before, what);
}

export const cases: Cases = {
  "keysets follow one another, and a door that missed some walks through them"(assert, { hashes }) {
    const { rig, mint } = claimed(hashes);
    assert.is(rig.keysets.current!.number, 1);
    const second = mint.keyset(2);
    const [oldRoot, newRoot] = [mint.root, testKey(21)];
    const third = mint.keyset(3, { roots: [newRoot.publicKey] }, [oldRoot, newRoot]);
    mint.root = newRoot;
    const fourth = mint.keyset(4);
    refused(assert, rig, "the third before the second", "wrong-keyset-number", third);
    for (const message of [second, third, fourth]) rig.run(rig.keysets.receiveKeyset(message));
    assert.is(rig.keysets.current!.number, 4);
    refused(assert, rig, "an old one", "wrong-keyset-number", third);
    const { steps } = rig.supply;
    rig.run(rig.keysets.receiveKeyset(fourth));
    assert.is(rig.supply.steps, steps, "the current one again changes nothing");
    rig.boot();
    assert.is(rig.keysets.current!.number, 4);
    assert.deepEqual(rig.floors, [1_001, 1_002, 1_003, 1_004]);
  },

  "a claim brings the chain from its beginning"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    const first = mint.keyset(1);
    const second = mint.keyset(2);
    const chains: [string, string, Uint8Array[]][] = [
      ["no keyset", "malformed", []],
      ["not from the beginning", "wrong-keyset-number", [second]],
      ["a gap", "wrong-keyset-number", [first, mint.keyset(3)]],
      ["out of order", "wrong-keyset-number", [second, first]],
      ["a stranger's", "wrong-key", [first, mint.keyset(2, {}, [testKey(99)])]],
      ["signed by itself but not by the one before", "too-few-signatures", [first, mint.keyset(2, { roots: [testKey(99).publicKey] }, [testKey(99)])]],
      ["another site's", "wrong-site", [first, mint.keyset(2, { site: new Uint8Array(8) })]],
    ];
    for (const [what, code, messages] of chains) {
      const { steps } = rig.supply;
      assert.throws(() => rig.run(rig.keysets.adoptFirst(messages)), code, what);
      assert.is(rig.keysets.current, undefined, what);
      assert.is(rig.supply.steps, steps, what);
    }
    refused(assert, rig, "before a claim", "wrong-key", first);
    rig.run(rig.keysets.adoptFirst([first, second]));
    rig.boot();
    assert.is(rig.keysets.current!.number, 2);
  },

  "keysets are refused by name, and nothing is written"(assert, { hashes }) {
    const { rig, mint } = claimed(hashes);
    const refuse = (what: string, code: string, message: Uint8Array): void => refused(assert, rig, what, code, message);
    const good = mint.keyset(2);
    refuse("a step too far", "wrong-keyset-number", mint.keyset(3));
    refuse("the same number", "wrong-keyset-number", mint.keyset(1, { issuedAt: 5 }));
    refuse("an older epoch", "old-epoch", mint.keyset(2, { epoch: 0 }));
    refuse("another site's", "wrong-site", mint.keyset(2, { site: new Uint8Array(8) }));
    refuse("a stranger's signature", "wrong-key", mint.keyset(2, {}, [testKey(99)]));
    refuse("the list key's signature", "wrong-key", mint.keyset(2, {}, [mint.listKey]));
    refuse("without the old root", "too-few-signatures", mint.keyset(2, { roots: [testKey(99).publicKey] }, [testKey(99)]));
    refuse("without the new root", "too-few-signatures", mint.keyset(2, { roots: [testKey(99).publicKey] }));
    refuse("one signature twice", "wrong-key", mint.keyset(2, {}, [mint.root, mint.root]));
    const changed = good.slice();
    changed[changed.length - 1] ^= 1;
    refuse("a flipped bit in the signature", "bad-signature", changed);
    refuse("a wrong signature beside a right one", "bad-signature", withBadSecond(mint));
    refuse("cut off", "malformed", good.subarray(0, -1));
    refuse("a byte too many", "malformed", concat(good, Uint8Array.of(0)));
    refuse("nothing", "malformed", new Uint8Array(0));
    refuse("too long", "too-large", new Uint8Array(KEYSET_BYTES_MAX + 1));
    rig.run(rig.keysets.receiveKeyset(good));
    assert.is(rig.keysets.current!.number, 2);
  },

  "two of three roots must sign"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    const roots = [31, 32, 33].map(testKey);
    const set = { roots: roots.map(({ publicKey }) => publicKey), threshold: 2 };
    rig.run(rig.keysets.adoptFirst([mint.keyset(1, set, roots.slice(0, 2))]));
    refused(assert, rig, "one", "too-few-signatures", mint.keyset(2, set, roots.slice(0, 1)));
    rig.run(rig.keysets.receiveKeyset(mint.keyset(2, set, [roots[2], roots[0]])));
    assert.is(rig.keysets.current!.number, 2);
  },

  "accepting a keyset ends the lease and sets the time floor, even downwards"(assert, { hashes }) {
    const { rig, mint } = claimed(hashes);
    rig.fetch(mint.snapshot({ version: 10 }));
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: 4_000_000_000 })));
    assert.true(rig.leases.current !== undefined);
    mint.leaseKey = testKey(13);
    rig.run(rig.keysets.receiveKeyset(mint.keyset(2, { issuedAt: 2_000 })));
    assert.is(rig.leases.current, undefined);
    assert.deepEqual(rig.floors, [1_001, 4_000_000_000, 2_000]);
    assert.is(rig.active, "1.10", "the list stays");
    rig.boot();
    assert.is(rig.leases.current, undefined);
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: 2_001 })));
    assert.is(rig.leases.current!.issuedAt, 2_001);
  },

  "a cut at any point of a keyset's acceptance leaves the old one or the new one, and never the new one with an old lease"(assert, { hashes }) {
    const { rig, mint } = claimed(hashes);
    rig.fetch(mint.snapshot({ version: 10 }));
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: 3_000 })));
    const next = mint.keyset(2);
    const memory = rig.memory();
    const { steps } = rig.supply;
    rig.run(rig.keysets.receiveKeyset(next));
    const count = rig.supply.steps - steps;
    assert.is(count, 2);
    for (let step = 0; step < count; step++) {
      for (const point of ["before", "inside", "after"] as const) {
        rig.restore(memory);
        rig.start();
        rig.supply.cutAfter(step, point);
        assert.throws(() => rig.run(rig.keysets.receiveKeyset(next)));
        rig.boot();
        if (rig.keysets.current!.number === 2) assert.is(rig.leases.current, undefined);
        rig.run(rig.keysets.receiveKeyset(next));
        assert.is(rig.keysets.current!.number, 2);
        assert.is(rig.leases.current, undefined);
      }
    }
  },
};

/** Two roots that sign the next keyset, the second one wrongly. */
function withBadSecond(mint: Mint): Uint8Array {
  const second = testKey(22);
  const message = mint.keyset(2, { roots: [mint.root.publicKey, second.publicKey] }, [mint.root, second]);
  message[message.length - 1] ^= 1;
  return message;
}

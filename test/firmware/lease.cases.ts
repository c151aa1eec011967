import { concat } from "../../protocol/bytes";
import { signingContext } from "../../protocol/cose-sign1";
import { sign } from "../../protocol/cose";
import { encodeLease, leaseHolds, type Lease } from "../../protocol/lease";
import { LEASE_BYTES_MAX, LEASE_GRACE_SECONDS, LEASE_SECONDS_MAX } from "../../protocol/limits";
import { HolderClass } from "../../protocol/profile";
import type { Hashes } from "../../protocol/hashes";
import type { Cases } from "../support/cases";
import { ListRig } from "../support/list-rig";
import { Mint, testKey } from "../support/mint";

const NOW = 1_900_000_000;

function doorWithList(hashes: Hashes): { rig: ListRig; mint: Mint } {
  const rig = new ListRig({ hashes });
  rig.claim();
  rig.fetch(rig.mint.snapshot({ version: 10 }));
  return { rig, mint: rig.mint };
}

export const cases: Cases = {
  "X3: a lease carries the list it names, and older ones, across power cuts"(assert, { hashes }) {
    const { rig, mint } = doorWithList(hashes);
    assert.is(rig.leases.current, undefined);
    rig.run(rig.leases.receiveLease(mint.lease({ version: 9, issuedAt: NOW })));
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: NOW + 60 })));
    for (let boots = 0; boots < 2; boots++) {
      const lease = rig.leases.current!;
      assert.is(lease.issuedAt, NOW + 60);
      assert.true(leaseHolds(lease, HolderClass.guest, NOW + 60 + 86_400 + LEASE_GRACE_SECONDS - 1));
      assert.false(leaseHolds(lease, HolderClass.guest, NOW + 60 + 86_400 + LEASE_GRACE_SECONDS));
      rig.boot();
    }
    assert.deepEqual(rig.floors, [1_001, NOW, NOW + 60]);
    const { steps } = rig.supply;
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: NOW + 60 })));
    assert.is(rig.supply.steps, steps, "the one that is held changes nothing");
  },

  "X3: leases are refused by name, and nothing is written"(assert, { hashes }) {
    const { rig, mint } = doorWithList(hashes);
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: NOW })));
    const refuse = (what: string, code: string, message: Uint8Array): void => {
      const { steps } = rig.supply;
      assert.throws(() => rig.run(rig.leases.receiveLease(message)), code, what);
      assert.is(rig.leases.current!.issuedAt, NOW, what);
      assert.is(rig.supply.steps, steps, what);
    };
    const good: Lease = { epoch: 1, version: 10, issuedAt: NOW + 1, guestNotAfter: NOW + 2, staffNotAfter: NOW + 3, residentNotAfter: 0 };
    const context = signingContext("lease", mint.door);
    const signed = sign(encodeLease(good), mint.leaseKey.secretKey, context);
    refuse("for a newer list", "lease-for-newer-list", mint.lease({ ...good, version: 11 }));
    refuse("for an older epoch", "old-epoch", mint.lease({ ...good, epoch: 0 }));
    refuse("for a newer epoch", "future-epoch", mint.lease({ ...good, epoch: 2, version: 1 }));
    refuse("older than what is held", "old-lease", mint.lease({ ...good, issuedAt: NOW - 1 }));
    refuse("other ends, issued in the same second", "old-lease", mint.lease({ ...good, issuedAt: NOW, guestNotAfter: NOW + LEASE_SECONDS_MAX }));
    refuse("too long", "lease-too-long", mint.lease({ ...good, guestNotAfter: good.issuedAt + LEASE_SECONDS_MAX + 1 }));
    refuse("another door's", "bad-signature", new Mint(hashes, new Uint8Array(8)).lease(good));
    refuse("a signed time's signature", "bad-signature", sign(encodeLease(good), mint.leaseKey.secretKey, signingContext("time", mint.door)));
    refuse("the list key's", "wrong-key", sign(encodeLease(good), mint.listKey.secretKey, context));
    refuse("a stranger's", "wrong-key", sign(encodeLease(good), testKey(99).secretKey, context));
    const changed = signed.slice();
    changed[changed.length - 1] ^= 1;
    refuse("a flipped bit", "bad-signature", changed);
    refuse("an unknown field", "malformed", sign(concat(Uint8Array.of(0xa6), encodeLease(good).subarray(1), Uint8Array.of(7, 1)), mint.leaseKey.secretKey, context));
    refuse("cut off", "malformed", signed.subarray(0, -1));
    refuse("oversized", "too-large", new Uint8Array(LEASE_BYTES_MAX + 1));
    rig.run(rig.leases.receiveLease(signed));
    assert.is(rig.leases.current!.issuedAt, NOW + 1);
  },

  "X3: without a list there is no lease"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    rig.claim();
    assert.throws(() => rig.run(rig.leases.receiveLease(rig.mint.lease({ version: 0, issuedAt: NOW }))), "lease-for-newer-list");
  },

  "a lease of one epoch does not carry the next epoch's list"(assert, { hashes }) {
    const { rig, mint } = doorWithList(hashes);
    mint.epoch = 2;
    rig.run(rig.keysets.receiveKeyset(mint.keyset(2)));
    // Until the new list is there the old one stays, and the cloud may vouch for it.
    rig.run(rig.leases.receiveLease(mint.lease({ version: 10, issuedAt: NOW, epoch: 1 })));
    assert.is(rig.leases.current!.epoch, 1);
    rig.fetch(mint.snapshot({ version: 3 }));
    assert.is(rig.active, "2.3");
    assert.is(rig.leases.current, undefined);
    rig.run(rig.leases.receiveLease(mint.lease({ version: 3, issuedAt: NOW - 50 })));
    assert.is(rig.leases.current!.epoch, 2);
  },
};

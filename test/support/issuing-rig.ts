import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lookUp, openAccessList, profileAt, scheduleRuleAt, type AccessList } from "../../protocol/access-list";
import { toHex } from "../../protocol/bytes";
import { decodeDelta } from "../../protocol/delta";
import { decodeManifest, hash8 } from "../../protocol/manifest";
import { encodeReceipt } from "../../protocol/receipt";
import { DoorSecrets } from "../../cloud/doors/door-secrets";
import { markOffered, readIssuedState } from "../../cloud/doors/issued-state";
import { receiveReceipt } from "../../cloud/doors/receive-receipt";
import { registerDoor } from "../../cloud/doors/register-door";
import { issueList } from "../../cloud/issuing/issue-list";
import { noteDoors, notedDoors } from "../../cloud/issuing/outbox";
import { SchedulePool } from "../../cloud/issuing/schedule-pool";
import { toContent } from "../../cloud/issuing/snapshot";
import type { Keystore } from "../../cloud/keys/keystore";
import { nativeHashes } from "../../cloud/keys/native-hashes";
import { adoptSite } from "../../cloud/keys/site";
import { createProperty } from "../../cloud/properties/property-settings";
import { openStore } from "../../cloud/store/open-store";
import type { Store, Unit } from "../../cloud/store/store";
import { profileKey } from "../../cloud/access/door-row";
import { testKeystore } from "./test-keystore";

const WHO = "test";

/** A store with doors that count as claimed, and no more of a cloud than lists need. */
export class IssuingRig {
  readonly store: Store;
  readonly keystore: Keystore;
  readonly secrets: DoorSecrets;
  readonly #folder: string;

  private constructor(store: Store, folder: string) {
    this.store = store;
    this.#folder = folder;
    this.keystore = testKeystore();
    this.secrets = new DoorSecrets(this.keystore.sealing);
  }

  static async open(now: number): Promise<IssuingRig> {
    const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
    const rig = new IssuingRig(await openStore(join(folder, "store.sqlite")), folder);
    await rig.unit((unit) => adoptSite(unit, rig.keystore, now));
    return rig;
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.#folder, { recursive: true });
  }

  unit<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.store.database.transaction().execute(work);
  }

  /** What `work` would leave behind; nothing of it stays. */
  async apart<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const done = new Error("done");
    let result: T | undefined;
    await this.unit(async (unit) => {
      result = await work(unit);
      throw done;
    }).catch((error: unknown) => {
      if (error !== done) throw error;
    });
    return result as T;
  }

  property(now: number): Promise<string> {
    return this.unit((unit) => createProperty(unit, { name: "P", timeZone: "Europe/Paris", holidays: [], unlockSeconds: 5, staleness: { guestSeconds: 86_400, staffSeconds: 86_400, residentSeconds: null } }, WHO, now));
  }

  /** Registers a door that is claimed at once, under a key of its own. */
  async claimedDoor(unit: Unit, property: string, id: string, now: number): Promise<void> {
    const { sealing } = this.keystore;
    await registerDoor(unit, sealing, { property, name: id, id, claimSecret: new Uint8Array(16) }, WHO, now);
    const doorKey = nativeHashes.sha256(Buffer.from(id));
    await unit.updateTable("doors").set({ claimed_at: now, claim_secret: null, enrolment: 1, door_key: sealing.seal("door-key", `${id}/1`, doorKey) }).where("id", "=", id).execute();
    await noteDoors(unit, [id], now);
  }

  /** Issues what is noted, a transaction a door. @returns those doors. */
  async issueNoted(now: number): Promise<string[]> {
    const doors = await this.unit(notedDoors);
    for (const door of doors) await this.unit((unit) => issueList(unit, this.keystore, door, now));
    return doors;
  }

  /** The door has taken its newest list, on its newest base, and says so. */
  async acknowledge(door: string, now: number): Promise<void> {
    await this.unit(async (unit) => {
      const row = await unit.selectFrom("doors").selectAll().where("id", "=", door).executeTakeFirstOrThrow();
      const issued = await readIssuedState(unit, door, row.version);
      await markOffered(unit, door, row.version);
      const base = issued.bases.at(-1)!;
      const delta = issued.deltas.find((each) => each.base === base.version);
      const receipt = encodeReceipt(nativeHashes, this.secrets.keysOf(row).receipt, {
        enrolment: row.enrolment,
        counter: row.receipt_counter + 1,
        epoch: row.epoch,
        version: row.version,
        manifestHash: hash8(nativeHashes, base.manifest),
        deltaHash: delta === undefined ? new Uint8Array(8) : hash8(nativeHashes, delta.payload),
        keysetNumber: 1,
        leaseIssuedAt: 0,
        leaseEnd: 0,
        signedTime: now,
        wallTime: now,
        firstEvent: 0,
        nextEvent: 0,
        alarms: { listLost: false, listDamaged: false, timeUnknown: false, eventsFolded: false, usesFull: false },
      });
      await receiveReceipt(unit, this.secrets, door, receipt, "network", now);
    });
  }

  /** The newest list of a door on each of its bases, as a door opens it. */
  async newestLists(unit: Unit, door: string): Promise<AccessList[]> {
    const { version } = await unit.selectFrom("doors").select("version").where("id", "=", door).executeTakeFirstOrThrow();
    const { bases, deltas } = await readIssuedState(unit, door, version);
    const lists: AccessList[] = [];
    for (const base of bases) {
      const delta = deltas.find((each) => each.base === base.version);
      if (delta === undefined && base.version !== version) continue;
      const { body } = base;
      lists.push(openAccessList(decodeManifest(base.manifest), delta && decodeDelta(delta.payload), { read: (offset, length) => body.subarray(offset, offset + length), isSound: () => true }));
    }
    return lists;
  }
}

/** What a door finds in a list under tags, as text: every right with its terms, sorted. */
export function rightsIn(list: AccessList, tags: readonly Uint8Array[]): string[] {
  const pool = new SchedulePool([]);
  for (let index = 0; ; index++) {
    const rule = scheduleRuleAt(list, index);
    if (rule === undefined) break;
    pool.rules.push(rule);
  }
  const rights: string[] = [];
  for (const tag of tags) {
    for (let kind = 1; kind <= 6; kind++) {
      for (const row of lookUp(list, tag, kind)) {
        rights.push(`${toHex(tag)} ${kind} ${row.needsSecondPin} ${row.duress} ${row.suspended} ${row.useCounter} ${profileKey(toContent(profileAt(list, row.profile)!, pool))}`);
      }
    }
  }
  return rights.sort();
}

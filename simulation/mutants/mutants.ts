import type { Mutant } from "./mutant";
import { RADIO_MUTANTS } from "./radio-mutants";

/** Bugs of the list's way into the door. */
const LISTS: readonly Mutant[] = [
  {
    name: "acknowledge before commit",
    breaks: "a delta is active, and acknowledged, before its commit is in flash: a cut in between brings the revoked back (I1, I2)",
    file: "firmware/access-list/access-list-store.ts",
    find: `    yield* this.#commit({ epoch, version }, manifestHash, next);
    this.#active = { list: withDelta(list, next.delta)`,
    replace: `    this.#active = { list: withDelta(list, next.delta)`,
    also: [
      {
        find: "    yield* this.#deltas.writeBoth(committed);",
        replace: `    const { epoch, version } = committed.delta;
    for (let slice = 0; slice < 40; slice++) yield;
    yield* this.#commit({ epoch, version }, this.#active!.manifestHash, committed);
    yield* this.#deltas.writeBoth(committed);`,
      },
    ],
  },
  {
    name: "older-slot fallback",
    breaks: "where the newest list is lost, the door goes back to an older one that it still has (I1, I2)",
    file: "firmware/access-list/committed-list.ts",
    find: "return order > 0 || (order === 0 && isKept.includes(true)) ? newest : undefined;",
    replace: "return order > 0 || (order === 0 && isKept.includes(true)) ? newest : newest;",
  },
  {
    name: "rebase without delta",
    breaks: "a new base becomes active without the delta that reaches the version in force: the change of base undoes revocations (I2)",
    file: "firmware/access-list/list-updater.ts",
    find: "return compareVersions(manifest, floor) < 0 || lockState !== LockState.normal;",
    replace: "return lockState !== LockState.normal;",
  },
  {
    name: "old delta taken",
    breaks: "an older delta on the same base replaces a newer one: whoever replays it undoes revocations (I2)",
    file: "firmware/access-list/list-updater.ts",
    find: `if (floor !== undefined && compareVersions(delta, floor) < 0) throw new ProtocolError("old-version");`,
    replace: "",
  },
  {
    name: "delta's signature not checked",
    breaks: "whoever carries a delta can change it (I2: a list that nobody issued)",
    file: "firmware/access-list/list-updater.ts",
    find: `    yield* this.#parts.keysets.requireSignature("list", signed);
  }`,
    replace: "  }",
  },
  {
    name: "page hash not checked",
    breaks: "pages that came damaged, or rotted in flash, are trusted (I7)",
    file: "firmware/access-list/list-slot.ts",
    find: "return equalBytes(hashes.sha256(bytes), pageHashes.subarray(32 * page, 32 * page + 32));",
    replace: "return bytes.length > 0 || equalBytes(hashes.sha256(bytes), pageHashes.subarray(32 * page, 32 * page + 32));",
  },
  {
    name: "acknowledged version not in NVS",
    breaks: "the key-value store does not hear of commits: whoever puts an old list back into the flash is believed (I2)",
    file: "firmware/access-list/access-list-store.ts",
    find: "    yield* this.#log.append(record);\n    this.#keep(record, delta);",
    replace: "    yield* this.#log.append(record);\n    if (this.#kept() === undefined) this.#keep(record, delta);",
  },
  {
    name: "tombstone index off by one",
    breaks: "the cloud names the row after the one that was revoked (I1, I7)",
    file: "cloud/issuing/list-change.ts",
    find: "match.gone.push(number);",
    replace: "match.gone.push(Math.min(number + 1, countRows(base.rows) - 1));",
  },
  {
    name: "epoch ignored",
    breaks: "the cloud goes on with deltas on a base of the epoch before: no door gets a list of the new keys (I6)",
    file: "cloud/issuing/plan-list.ts",
    find: "  if (base.epoch !== stamp.epoch) return undefined;\n",
    replace: "",
  },
  {
    name: "version from the clock alone",
    breaks: "two lists of one second have one version: the door refuses the second, and whoever it revokes stays (I6)",
    file: "cloud/issuing/plan-list.ts",
    find: "const version = Math.max(previous + 1, now);",
    replace: "const version = Math.max(previous, now);",
  },
];

/** Bugs of trust: keys, leases, time. */
const TRUST: readonly Mutant[] = [
  {
    name: "lease not bound to version",
    breaks: "a lease for a newer list prolongs an older one: whoever jams a revocation and lets leases through keeps the revoked person (X1)",
    file: "firmware/trust/lease-store.ts",
    find: `    if (lease.version > active.version) throw new ProtocolError("lease-for-newer-list");`,
    replace: "",
    also: [{ find: "lease.epoch === active.epoch && lease.version <= active.version ? lease : undefined", replace: "lease.epoch === active.epoch ? lease : undefined" }],
  },
  {
    name: "lease boundary off by one",
    breaks: "a lease still carries in the second in which it has ended (I7)",
    file: "protocol/lease.ts",
    find: "return unixSeconds < notAfterOf(lease, holderClass) + LEASE_GRACE_SECONDS;",
    replace: "return unixSeconds <= notAfterOf(lease, holderClass) + LEASE_GRACE_SECONDS;",
  },
  {
    name: "lease of another class",
    breaks: "guests are carried as long as staff (I7, X1)",
    file: "protocol/lease.ts",
    find: "if (holderClass === HolderClass.guest) return lease.guestNotAfter;",
    replace: "if (holderClass === HolderClass.guest) return lease.staffNotAfter;",
  },
  {
    name: "lease outlives its keyset",
    breaks: "a new keyset leaves the lease in force that the old keys signed (I7)",
    file: "firmware/claimed-door.ts",
    find: `    this.#leases.end();
    this.#parts.clock.resetFloor(issuedAt);`,
    replace: "    this.#parts.clock.resetFloor(issuedAt);",
  },
  {
    name: "floor not persisted",
    breaks: "after a power cut the floor is as old as the last list: a chip that was set back shows leases as new (X1)",
    file: "firmware/trust/trusted-clock.ts",
    find: "writeU32(record, 4, this.floor);",
    replace: "writeU32(record, 4, readU32(this.#kept, 4) || this.floor);",
  },
  {
    name: "receipt counter ignored",
    breaks: "the cloud takes an old receipt for the newest (X1)",
    file: "simulation/cloud/cloud-door.ts",
    find: "if (receipt.counter <= this.#counter) return true;",
    replace: "",
  },
  {
    name: "promise without the clock's allowance",
    breaks: "the cloud forgets by how much a door's clock may be behind (X1)",
    file: "cloud/truth/latest-opening.ts",
    find: "const clockSeconds = SNTP_ALLOWANCE_SECONDS + TIME_ANSWER_SECONDS;",
    replace: "const clockSeconds = 0;",
  },
];

/** Bugs of the decision. */
const DECISION: readonly Mutant[] = [
  {
    name: "DST ignored",
    breaks: "schedules go by the first offset of the table all year (I7, I6)",
    file: "protocol/utc-offsets.ts",
    find: "while (at > 0 && entries.getUint32(at) > unixSeconds) at -= ENTRY_BYTES;",
    replace: "at = 0;",
  },
  {
    name: "night belongs to the wrong day",
    breaks: "a night window that began on a holiday goes by the day that it runs into (I7)",
    file: "protocol/schedule.ts",
    find: "isHoliday(holidays, now.day - 1)",
    replace: "isHoliday(holidays, now.day)",
  },
  {
    name: "end inclusive",
    breaks: "a right still opens in the second in which it has ended (I7)",
    file: "protocol/validity.ts",
    find: "return unixSeconds >= profile.notAfter && profile.notAfter !== NO_END;",
    replace: "return unixSeconds > profile.notAfter && profile.notAfter !== NO_END;",
  },
  {
    name: "lock-down ignored",
    breaks: "people still get in under lock-down (I7)",
    file: "firmware/decide-access.ts",
    find: `if (list.lockState === LockState.lockDown) return { granted: false, reason: "locked-down", row: rows[0] };`,
    replace: "",
  },
  {
    name: "second PIN not checked",
    breaks: "a card that needs a second PIN opens with any (I7)",
    file: "firmware/decide-access.ts",
    find: "if (row.needsSecondPin && secondPinOf(list, request.secondTag) === undefined)",
    replace: "if (row.needsSecondPin && request.secondTag === undefined)",
    also: [{ find: "secondPinOf(list, request.secondTag)!.duress", replace: "secondPinOf(list, request.secondTag)?.duress === true" }],
  },
  {
    name: "suspended rows open",
    breaks: "somebody who is suspended gets in (I7)",
    file: "firmware/decide-access.ts",
    find: `if (row.suspended) return "suspended";`,
    replace: "",
  },
  {
    name: "guests without time",
    breaks: "with the time unknown guests get in as residents do (I7)",
    file: "firmware/decide-access.ts",
    find: "const open = profile.holderClass === HolderClass.resident && profile.schedule === ALWAYS && !leased && profile.notBefore <= floor;",
    replace: "const open = profile.schedule === ALWAYS && profile.notBefore <= floor;",
  },
];

/** Bugs of what must outlive a power cut, and of the lock. */
const DURABILITY: readonly Mutant[] = [
  {
    name: "counter after comparison",
    breaks: "an attempt is charged only once its PIN was compared: whoever cuts the power in time guesses for nothing (X8)",
    file: "firmware/admission/admission.ts",
    find: `    if (typed && !throttle.charge(unit)) return this.#wait(reader, kind);
    const tag = credentialTag(hashes, tagKey, kind, value);
    const answer = this.#decide(reader, { kind, tag, unit: unit?.slice(), outputs: reader.outputs }, undefined);`,
    replace: `    if (typed && throttle.waitMs(unit) > 0) return this.#wait(reader, kind);
    const tag = credentialTag(hashes, tagKey, kind, value);
    const answer = this.#decide(reader, { kind, tag, unit: unit?.slice(), outputs: reader.outputs }, undefined);
    if (typed) throttle.charge(unit);`,
    also: [{ find: `"charge" | "takeBack" | "charges"`, replace: `"charge" | "takeBack" | "charges" | "waitMs"` }],
  },
  {
    name: "throttle reset by a power cut",
    breaks: "pulling the plug gives five more attempts (X8)",
    file: "firmware/admission/pin-throttle.ts",
    find: "this.#alone = new FailureCount(STRICT, readable ? record[1] : UNREADABLE_COUNT, now);",
    replace: "this.#alone = new FailureCount(STRICT, 0, now);",
  },
  {
    name: "a good PIN forgives all",
    breaks: "an insider's own PIN between guesses takes every failure back (X8)",
    file: "firmware/admission/failure-count.ts",
    find: "  restore(mark: FailureMark): void {\n    this.#mark = mark;",
    replace: "  restore(mark: FailureMark): void {\n    this.#mark = { ...mark, count: 0 };",
  },
  {
    name: "consume after strike",
    breaks: "a use is written down when the door is open already: a cut in between gives it again (I3)",
    file: "firmware/admission/admission.ts",
    find: "    if (consumesUse && !uses.consume(row, log.nextAtMost)) return this.#refuse(reader, kind, \"used-up\", tag);\n",
    replace: "",
    also: [{ find: "    door.unlock(outputs);\n    reader.signal.granted();", replace: "    door.unlock(outputs);\n    reader.signal.granted();\n    if (consumesUse) uses.consume(row, log.nextAtMost);" }],
  },
  {
    name: "grant logged after the strike",
    breaks: "the door opens before its record is in flash: a cut in between leaves an opening that nobody knows of (I4)",
    file: "firmware/admission/admission.ts",
    find: `    const event = log.append({ type: "decision", reason: "granted", kind, outputs, duress, tag });
    door.unlock(outputs);`,
    replace: `    door.unlock(outputs);
    const event = log.append({ type: "decision", reason: "granted", kind, outputs, duress, tag });`,
  },
  {
    name: "log overwrites grants",
    breaks: "a full log gives up its oldest events and says nothing of it (I8, I4)",
    file: "firmware/event-log/event-log.ts",
    find: "if (lost > 0) state.fold = { sequence: this.#next, count: state.fold.count + lost };",
    replace: "",
  },
  {
    name: "event key not evolved",
    breaks: "the log goes on under one key for ever: whoever dumps the door can rewrite its past (I8)",
    file: "firmware/event-log/event-log.ts",
    find: "if (evolves) state.key = nextEventKey(this.#parts.hashes, state.key);",
    replace: "",
  },
  {
    name: "chain broken at boot",
    breaks: "the first record after a start is chained to that of the anchor instead of the last (I8)",
    file: "firmware/event-log/event-log.ts",
    find: "      this.#next = end.next;\n      this.#mac = end.mac;",
    replace: "      this.#next = end.next;",
  },
  {
    name: "strike never relocked",
    breaks: "a second grant while the door is open stops the timer that would lock it (I5)",
    file: "firmware/door/output.ts",
    find: "      if (remaining > 0) this.#arm(remaining);",
    replace: "      if (remaining > 0 && !wasOpen) this.#arm(remaining);",
    also: [{ find: "    this.#disarm();\n    const remaining = this.#remaining();", replace: "    const wasOpen = this.#open;\n    this.#disarm();\n    const remaining = this.#remaining();" }],
  },
  {
    name: "strike late",
    breaks: "each pulse of the strike is three seconds too long (I5)",
    file: "firmware/door/output.ts",
    find: "      this.#length = milliseconds;",
    replace: "      this.#length = milliseconds + 3_000;",
  },
  {
    name: "hold-open never ends",
    breaks: "the strike stays open when the manager's hold-open is over (I5)",
    file: "firmware/door/door.ts",
    find: "    this.#strike.hold(this.#held);",
    replace: "    if (this.#held) this.#strike.hold(true);",
  },
];

/** What `npm run simulate -- --mutants` must catch, each of them. */
export const MUTANTS: readonly Mutant[] = [...LISTS, ...TRUST, ...DECISION, ...DURABILITY, ...RADIO_MUTANTS];

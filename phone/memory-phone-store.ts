import { PHONE_ROOMS, type PhoneRecords, type PhoneRoom, type PhoneStore } from "./phone-store";

/** Forgets all when the app ends: for tests, and where a platform keeps nothing. */
export class MemoryPhoneStore implements PhoneStore {
  readonly lasting = false;
  readonly #rooms = new Map<PhoneRoom, Map<string, PhoneRecords[PhoneRoom]>>(PHONE_ROOMS.map((room) => [room, new Map<string, PhoneRecords[PhoneRoom]>()]));

  read<R extends PhoneRoom>(room: R, key: string): Promise<PhoneRecords[R] | undefined> {
    return Promise.resolve(this.#room(room).get(key));
  }

  readAll<R extends PhoneRoom>(room: R): Promise<PhoneRecords[R][]> {
    const records = [...this.#room(room)].sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.resolve(records.map(([, record]) => record));
  }

  change<R extends PhoneRoom>(room: R, key: string, decide: (now: PhoneRecords[R] | undefined) => PhoneRecords[R] | undefined): Promise<PhoneRecords[R] | undefined> {
    const records = this.#room(room);
    const next = decide(records.get(key));
    if (next === undefined) records.delete(key);
    else records.set(key, next);
    return Promise.resolve(next);
  }

  wipe(): Promise<void> {
    for (const records of this.#rooms.values()) records.clear();
    return Promise.resolve();
  }

  #room<R extends PhoneRoom>(room: R): Map<string, PhoneRecords[R]> {
    return this.#rooms.get(room) as Map<string, PhoneRecords[R]>;
  }
}

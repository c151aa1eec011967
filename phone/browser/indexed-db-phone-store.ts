import { PHONE_ROOMS, StoreError, type PhoneRecords, type PhoneRoom, type PhoneStore } from "../phone-store";

const VERSION = 1;

/**
 * A phone's records in IndexedDB, an object store for each room. Keys lie there as the non-extractable CryptoKeys that
 * they are: a script can use them and read none.
 */
export class IndexedDbPhoneStore implements PhoneStore {
  readonly lasting = true;
  readonly #name: string;
  readonly #factory: IDBFactory;
  #database: Promise<IDBDatabase> | undefined;

  /** @param name of the database. */
  constructor(name = "latchkey-phone", factory: IDBFactory = indexedDB) {
    this.#name = name;
    this.#factory = factory;
  }

  async read<R extends PhoneRoom>(room: R, key: string): Promise<PhoneRecords[R] | undefined> {
    let request: IDBRequest<PhoneRecords[R] | undefined> | undefined;
    await this.#transact([room], "readonly", (transaction) => (request = transaction.objectStore(room).get(key)));
    return request?.result;
  }

  async readAll<R extends PhoneRoom>(room: R): Promise<PhoneRecords[R][]> {
    let request: IDBRequest<PhoneRecords[R][]> | undefined;
    await this.#transact([room], "readonly", (transaction) => (request = transaction.objectStore(room).getAll()));
    return request?.result ?? [];
  }

  async change<R extends PhoneRoom>(room: R, key: string, decide: (now: PhoneRecords[R] | undefined) => PhoneRecords[R] | undefined): Promise<PhoneRecords[R] | undefined> {
    let next: PhoneRecords[R] | undefined;
    let thrown: { error: unknown } | undefined;
    try {
      // Of transactions that write, a browser runs one at a time, those of other tabs included.
      await this.#transact([room], "readwrite", (transaction) => {
        const records = transaction.objectStore(room);
        const request = records.get(key) as IDBRequest<PhoneRecords[R] | undefined>;
        request.onsuccess = () => {
          try {
            next = decide(request.result);
            if (next === undefined) records.delete(key);
            else records.put(next, key);
          } catch (error) {
            thrown = { error };
            transaction.abort();
          }
        };
      });
    } catch (error) {
      throw thrown === undefined ? error : problem(thrown.error);
    }
    return next;
  }

  wipe(): Promise<void> {
    return this.#transact(PHONE_ROOMS, "readwrite", (transaction) => {
      for (const room of PHONE_ROOMS) transaction.objectStore(room).clear();
    });
  }

  /** @param act asks at once for all that it wants; it has it once this resolves. */
  async #transact(rooms: readonly PhoneRoom[], mode: IDBTransactionMode, act: (transaction: IDBTransaction) => void): Promise<void> {
    try {
      const transaction = await this.#begin(rooms, mode);
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
        act(transaction);
      });
    } catch (error) {
      throw problem(error);
    }
  }

  async #begin(rooms: readonly PhoneRoom[], mode: IDBTransactionMode): Promise<IDBTransaction> {
    // "strict": a handle counts as used once the disk has it, so that a battery that is taken out makes none unused.
    const begin = async (): Promise<IDBTransaction> => (await this.#open()).transaction(rooms, mode, { durability: "strict" });
    try {
      return await begin();
    } catch (error) {
      // The browser has closed the database, as it does when a person clears what sites keep.
      if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
      this.#database = undefined;
      return begin();
    }
  }

  #open(): Promise<IDBDatabase> {
    const release = (): void => void (this.#database = undefined);
    this.#database ??= openDatabase(this.#factory, this.#name, release).catch((error: unknown) => {
      release();
      throw error;
    });
    return this.#database;
  }
}

function openDatabase(factory: IDBFactory, name: string, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, VERSION);
    request.onupgradeneeded = () => {
      for (const room of PHONE_ROOMS) request.result.createObjectStore(room);
    };
    request.onblocked = () => reject(new StoreError("blocked", "another tab holds an older version"));
    request.onerror = () => reject(request.error ?? new Error("not opened"));
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = onClosed;
      // Another tab wants to delete it or make it newer.
      database.onversionchange = () => {
        database.close();
        onClosed();
      };
      resolve(database);
    };
  });
}

/** Private windows that keep nothing, or no keys, throw errors of many names; only a full disk is told apart. */
function problem(error: unknown): Error {
  if (error instanceof StoreError) return error;
  if (!(error instanceof DOMException)) return error instanceof Error ? error : new Error("not an error");
  return new StoreError(error.name === "QuotaExceededError" ? "full" : "blocked", `${error.name}: ${error.message}`);
}

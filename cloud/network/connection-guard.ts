import type { Socket } from "node:net";
import { addressGroup } from "./address-group";
import { TokenBucket, ticks, type Allowance, type Ticks } from "./token-bucket";

/** What connections may take before they have proved anything. */
export interface ConnectionLimits {
  /** Open at once, in all. */
  sockets: number;
  /** … of which so many are kept for addresses from which somebody has logged in. */
  reserved: number;
  /** Open and not logged in, in all: beyond, a stranger's oldest makes room. */
  pending: number;
  /** … and of one address. */
  pendingOfStranger: number;
  pendingOfKnown: number;
  /** Logins that fail or never come, of one address. What logs in costs nothing. */
  failuresOfStranger: Allowance;
  failuresOfKnown: Allowance;
  /** … and of all strangers together. */
  failuresOfStrangers: Allowance;
  /** From the first byte of TCP to the end of the login, TLS included. */
  loginMs: number;
  /** Addresses that are remembered, of either kind. */
  addresses: number;
}

export type GuardRefusal = "too many connections" | "too many connections before login" | "too many connections of one address" | "too many failed logins" | "no login in time" | "made room for another one";

/** One connection that was let in. */
export interface Admission {
  /** Its address has logged in before, since this process started and not too long ago. */
  readonly known: boolean;
  /** It has logged in: it counts no longer, and its address is known. */
  proved(): void;
}

interface AddressState {
  pending: number;
  failures: TokenBucket;
}

interface Pending {
  socket: Socket;
  known: boolean;
  deadline: NodeJS.Timeout;
}

/**
 * Decides at the door of the broker who may even speak. Nothing can be known of a newcomer but the address, so
 * what is limited is failure: a connection takes a token and gives it back when it logs in, so that a house of two
 * hundred doors behind one address is never slowed down, and one that only knocks soon is.
 */
export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  readonly #onRefused: (reason: GuardRefusal, address: string) => void;
  readonly #ticks: Ticks;
  readonly #strangers: TokenBucket;
  readonly #addresses = new Map<string, AddressState>();
  /** The one that was last heard of is last. */
  readonly #known = new Set<string>();
  readonly #pending = new Set<Pending>();
  #open = 0;

  constructor(limits: ConnectionLimits, onRefused: (reason: GuardRefusal, address: string) => void, now: Ticks = ticks) {
    this.#limits = limits;
    this.#onRefused = onRefused;
    this.#ticks = now;
    this.#strangers = new TokenBucket(limits.failuresOfStrangers, now);
  }

  get open(): number {
    return this.#open;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** @returns undefined where the socket is destroyed instead. */
  admit(socket: Socket): Admission | undefined {
    const address = addressGroup(socket.remoteAddress ?? "");
    const known = this.#known.has(address);
    const refusal = this.#refusal(this.#addresses.get(address), known);
    if (refusal !== undefined) {
      this.#onRefused(refusal, address);
      socket.destroy();
      return undefined;
    }
    const state = this.#stateOf(address, known);
    state.failures.charge(1);
    if (!known) this.#strangers.charge(1);
    return this.#keep(socket, address, state, known);
  }

  #refusal(state: AddressState | undefined, known: boolean): GuardRefusal | undefined {
    const limits = this.#limits;
    if (this.#open >= limits.sockets - (known ? 0 : limits.reserved)) return "too many connections";
    if ((state !== undefined && state.failures.left < 1) || (!known && this.#strangers.left < 1)) return "too many failed logins";
    if ((state?.pending ?? 0) >= (known ? limits.pendingOfKnown : limits.pendingOfStranger)) return "too many connections of one address";
    if (this.#pending.size >= limits.pending && !this.#makeRoom()) return "too many connections before login";
    return undefined;
  }

  /** Whoever is honest logs in within a second: the oldest of those who have not is the best one to lose. */
  #makeRoom(): boolean {
    for (const pending of this.#pending) {
      if (pending.known) continue;
      this.#onRefused("made room for another one", addressGroup(pending.socket.remoteAddress ?? ""));
      this.#pending.delete(pending);
      pending.socket.destroy();
      return true;
    }
    return false;
  }

  #keep(socket: Socket, address: string, state: AddressState, known: boolean): Admission {
    const deadline = setTimeout(() => {
      this.#onRefused("no login in time", address);
      socket.destroy();
    }, this.#limits.loginMs);
    const pending: Pending = { socket, known, deadline };
    this.#pending.add(pending);
    this.#open += 1;
    state.pending += 1;
    let waits = true;
    const over = (): void => {
      if (!waits) return;
      waits = false;
      clearTimeout(deadline);
      this.#pending.delete(pending);
      state.pending -= 1;
    };
    socket.once("close", () => {
      this.#open -= 1;
      over();
    });
    return {
      known,
      proved: () => {
        if (!waits) return;
        over();
        state.failures.giveBack();
        if (!known) this.#strangers.giveBack();
        this.#remember(address);
      },
    };
  }

  #remember(address: string): void {
    if (!this.#known.delete(address)) {
      // From now on it has a known address's allowance.
      const state = this.#addresses.get(address);
      if (state !== undefined) state.failures = new TokenBucket(this.#limits.failuresOfKnown, this.#ticks);
    }
    this.#known.add(address);
    if (this.#known.size > this.#limits.addresses) for (const oldest of this.#known) return void this.#known.delete(oldest);
  }

  #stateOf(address: string, known: boolean): AddressState {
    let state = this.#addresses.get(address);
    if (state === undefined) {
      if (this.#addresses.size >= this.#limits.addresses) this.#forget();
      state = { pending: 0, failures: new TokenBucket(known ? this.#limits.failuresOfKnown : this.#limits.failuresOfStranger, this.#ticks) };
      this.#addresses.set(address, state);
    }
    return state;
  }

  /** Looks at a few only: whoever comes from ever new addresses must not make this the expensive part. */
  #forget(): void {
    let oldest: string | undefined;
    let looked = 0;
    for (const [address, state] of this.#addresses) {
      if (state.pending === 0) {
        oldest ??= address;
        if (state.failures.isFull) this.#addresses.delete(address);
      }
      if (++looked === LOOKED_AT) break;
    }
    if (this.#addresses.size >= this.#limits.addresses && oldest !== undefined) this.#addresses.delete(oldest);
  }
}

const LOOKED_AT = 64;

import { concat } from "../../protocol/bytes";
import type { LinkEnd } from "./air-link";
import { Att, CHARACTERISTIC, MTU_MIN, pdu, u16At } from "./att";
import type { AirConnection } from "./ether";
import { DECLARATION_BYTES } from "./gatt-table";
import type { VirtualClock, VirtualTimer } from "../virtual-clock";

/** A request that nobody answers ends the connection (Vol 3, Part F, §3.3.3). */
const TRANSACTION_MS = 30_000;

export interface CentralHandlers {
  /** Connected, and the characteristics are known. */
  onConnected(link: VirtualLink): void;
  /** `not-found`: nobody of that name is heard, or has room. `lost`: the connection ended before it was of use. */
  onFailed(why: "not-found" | "lost"): void;
  /** The connection has ended, but not by this side. What was asked on it has been answered before. */
  onLost?(): void;
}

export interface VirtualLinkOptions {
  clock: VirtualClock;
  mtu: number;
  handlers: CentralHandlers;
}

/** A phone's half of a connection: whole values, which it reads and writes in as many parts as the MTU makes of them. */
export class VirtualLink {
  #options: VirtualLinkOptions;
  #air: AirConnection | undefined;
  #mtu = MTU_MIN;
  /** Handles of values by UUID. */
  readonly #handles = new Map<string, number>();
  /** What waits for its turn: one request at a time. */
  #waiting: { request: Uint8Array; answer: (response: Uint8Array | undefined) => void }[] = [];
  #asked: { answer: (response: Uint8Array | undefined) => void; timeout: VirtualTimer } | undefined;
  #connected = false;
  #over = false;

  constructor(options: VirtualLinkOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return !this.#over;
  }

  /** What both sides can take. */
  get mtu(): number {
    return this.#mtu;
  }

  /** @param done the value; undefined where the link ended or the server refused. */
  read(uuid: string, done: (value: Uint8Array | undefined) => void): void {
    const handle = this.#handles.get(uuid) ?? 0;
    const go = (value: Uint8Array, part: Uint8Array): void => {
      const whole = concat(value, part);
      // A part that fills its PDU may not be the last.
      if (part.length < this.#mtu - 1) return done(whole);
      this.request(pdu(Att.readBlobRequest, [handle, whole.length]), (response) => {
        if (response?.[0] === Att.readBlobResponse) go(whole, response.subarray(1));
        else done(undefined);
      });
    };
    this.request(pdu(Att.readRequest, [handle]), (response) => {
      if (response?.[0] === Att.readResponse) go(new Uint8Array(0), response.subarray(1));
      else done(undefined);
    });
  }

  /** @param done whether the server has it. */
  write(uuid: string, value: Uint8Array, done: (ok: boolean) => void): void {
    const handle = this.#handles.get(uuid) ?? 0;
    if (value.length <= this.#mtu - 3) return this.request(pdu(Att.writeRequest, [handle], value), (response) => done(response?.[0] === Att.writeResponse));
    const room = this.#mtu - 5;
    const go = (offset: number): void => {
      if (offset >= value.length) return this.request(pdu(Att.executeRequest, [], [1]), (response) => done(response?.[0] === Att.executeResponse));
      this.request(pdu(Att.prepareRequest, [handle, offset], value.subarray(offset, offset + room)), (response) => {
        if (response?.[0] === Att.prepareResponse) go(offset + room);
        else this.request(pdu(Att.executeRequest, [], [0]), () => done(false));
      });
    };
    go(0);
  }

  /** Any request at all, as an attacker may send it. @param answer the response, an error too; undefined where the link ended. */
  request(request: Uint8Array, answer: (response: Uint8Array | undefined) => void): void {
    if (this.#over) return answer(undefined);
    this.#waiting.push({ request, answer });
    if (this.#asked === undefined) this.#next();
  }

  /** Handle of a characteristic's value, for `request`. */
  handleOf(uuid: string): number | undefined {
    return this.#handles.get(uuid);
  }

  /** Ends the connection; what was asked on it is answered with nothing. */
  close(): void {
    if (this.#over) return;
    this.#air?.close();
    this.#finish();
  }

  /** Agrees on the MTU, finds the characteristics, and says that it is connected. */
  begin(air: AirConnection): void {
    this.#air = air;
    this.request(pdu(Att.mtuRequest, [this.#options.mtu]), (response) => {
      if (response === undefined) return;
      this.#mtu = Math.max(MTU_MIN, Math.min(this.#options.mtu, u16At(response, 1)));
      this.#discover(1);
    });
  }

  /** The air's side of it. */
  readonly end: LinkEnd = {
    onPdu: (response) => {
      const asked = this.#asked;
      if (asked === undefined || this.#over) return;
      this.#options.clock.clear(asked.timeout);
      this.#asked = undefined;
      asked.answer(response);
      if (this.#asked === undefined) this.#next();
    },
    onEnded: () => this.#lost(),
  };

  #discover(start: number): void {
    this.request(pdu(Att.readByTypeRequest, [start, 0xffff, CHARACTERISTIC]), (response) => {
      if (response === undefined) return;
      if (response[0] !== Att.readByTypeResponse) {
        this.#connected = true;
        return this.#options.handlers.onConnected(this);
      }
      let last = start;
      for (let at = 2; at + DECLARATION_BYTES <= response.length; at += DECLARATION_BYTES) {
        last = u16At(response, at + 3);
        this.#handles.set(uuidText(response.subarray(at + 5, at + DECLARATION_BYTES)), last);
      }
      this.#discover(last + 1);
    });
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined || this.#over) return;
    const timeout = this.#options.clock.set(() => {
      this.#air?.close();
      this.#lost();
    }, TRANSACTION_MS);
    this.#asked = { answer: next.answer, timeout };
    this.#air?.send(next.request);
  }

  #lost(): void {
    if (this.#over) return;
    const { handlers } = this.#options;
    this.#finish();
    if (this.#connected) handlers.onLost?.();
    else handlers.onFailed("lost");
  }

  #finish(): void {
    this.#over = true;
    const unanswered = [...(this.#asked ? [this.#asked] : []), ...this.#waiting];
    this.#options.clock.clear(this.#asked?.timeout);
    this.#asked = undefined;
    this.#waiting = [];
    for (const { answer } of unanswered) answer(undefined);
  }
}

function uuidText(bytes: Uint8Array): string {
  let digits = "";
  for (let i = 15; i >= 0; i--) digits += (bytes[i] + 0x100).toString(16).slice(1);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-");
}

import type UDP from "embedded:io/socket/udp";
import type Resolver from "embedded:network/dns/resolver/udp";
import Timer from "timer";
import type { Sntp } from "../device";
import { askSntp, readSntp, SNTP_PORT } from "./sntp-packet";
import { TrueRandom } from "./true-random";

const ANSWER_MS = 3_000;
const NONCE_BYTES = 8;

export interface SntpOptions {
  /** Names or IPv4 addresses, asked one after the other until one answers. */
  servers: readonly string[];
  dns: { io: typeof Resolver; servers: string[]; socket: { io: typeof UDP } };
  io: typeof UDP;
}

/**
 * Asks time servers (RFC 4330). The SDK's client takes any packet that reaches its port for an answer; this one takes
 * one that repeats 8 random bytes of the question. It proves nothing all the same: nothing is signed.
 */
export class SntpClient implements Sntp {
  readonly #options: SntpOptions;

  constructor(options: SntpOptions) {
    this.#options = options;
  }

  request(onTime: (unixMs: number | undefined) => void): void {
    this.#ask(0, onTime);
  }

  #ask(index: number, onTime: (unixMs: number | undefined) => void): void {
    const { servers, dns, io } = this.#options;
    if (index >= servers.length) return onTime(undefined);
    const nonce = new Uint8Array(NONCE_BYTES);
    TrueRandom.fill(nonce);
    const resolver = new dns.io(dns);
    let socket: UDP | undefined;
    let over = false;
    const finish = (unixMs: number | undefined): void => {
      if (over) return;
      over = true;
      Timer.clear(timer);
      (socket as { close?(): void } | undefined)?.close?.();
      // The resolver may be the one who calls.
      Timer.set(() => resolver.close());
      if (unixMs === undefined) this.#ask(index + 1, onTime);
      else onTime(unixMs);
    };
    const timer = Timer.set(() => finish(undefined), ANSWER_MS);
    resolver.resolve({
      host: servers[index],
      onResolved: (_host, address: string) => {
        if (over) return null;
        socket = new io({
          onReadable(count) {
            while (count-- > 0 && !over) {
              const time = readSntp(new Uint8Array(this.read()), nonce);
              if (time !== undefined) finish(time);
            }
          },
        });
        socket.write(askSntp(nonce).buffer, address, SNTP_PORT);
        return null;
      },
      onError: () => {
        finish(undefined);
        return null;
      },
    });
  }
}


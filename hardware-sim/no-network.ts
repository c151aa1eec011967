import type { HttpRequest } from "../firmware/device";
import type { BoardNetwork } from "./board-network";

/** A network plug that hangs in the air: every connection fails after a second. */
export const NO_NETWORK: BoardNetwork = {
  attach(session) {
    const failing = (onError: ((error?: unknown) => void) | undefined): void => {
      session.timer.set(() => onError?.(), 1_000);
    };
    return {
      mqtt: {
        io: class {
          static readonly CONNACK = 2;
          static readonly PUBLISH = 3;
          static readonly PUBACK = 4;
          static readonly SUBSCRIBE = 8;
          static readonly SUBACK = 9;
          constructor(options: { onError?(error?: unknown): void }) {
            failing(options.onError);
          }
          read(): undefined {}
          write(): number {
            throw new Error("not connected");
          }
          close(): void {}
        },
      },
      http: {
        io: class {
          constructor(options: { onError?(error?: unknown): void }) {
            failing(options.onError);
          }
          request(): HttpRequest {
            return { read: () => undefined, write: () => 0 };
          }
          close(): void {}
        },
      },
    };
  },
};

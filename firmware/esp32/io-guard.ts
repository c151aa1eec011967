import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Timer from "timer";

type Callback = (this: unknown, ...parameters: unknown[]) => unknown;
type Options = Record<string, unknown>;

/**
 * Tells a stranger's fault from ours. The SDK's parsers (TLS, MQTT, HTTP, DNS) throw at bytes that they do not like, in
 * a socket's callback or in a timer of their own, and an exception that nobody catches starts the board anew: anybody
 * on the network could do that, again and again. What they throw ends the connections instead. Whatever the firmware
 * throws is a bug: its callbacks are marked with `own`, and the board starts anew.
 */
export class IoGuard {
  readonly #trace: (line: string) => void;
  /** What ends each open connection. */
  readonly #connections = new Set<() => void>();
  #bug: unknown;

  constructor(trace: (line: string) => void) {
    this.#trace = trace;
  }

  /** A callback of the firmware, for the SDK to call. */
  own<T>(callback: T): T {
    if (typeof callback !== "function") return callback;
    const marked: Callback = this.#wrap(callback as unknown as Callback, (error) => {
      this.#bug = error;
      throw error;
    });
    return marked as T;
  }

  /** The same options with every callback marked as the firmware's. */
  ownAll<T extends object>(options: T): T {
    const marked: Options = {};
    for (const [name, value] of Object.entries(options)) marked[name] = name.startsWith("on") ? this.own(value as unknown) : value;
    return marked as T;
  }

  /**
   * For the abort hook: deals with an exception that came out of the SDK's own code.
   * @returns false for one of the firmware's, which nobody but a new start can deal with.
   */
  endConnections(error: unknown): boolean {
    if (error === this.#bug) return false;
    this.#trace(`network: ${String(error)}`);
    for (const end of this.#connections) end();
    return true;
  }

  /** TCP: an exception of whoever uses it reaches them as an error of the connection. */
  tcp(): typeof TCP {
    const guard: IoGuard = this;
    return class GuardedTcp extends TCP {
      readonly #end: () => void;

      constructor(options: ConstructorParameters<typeof TCP>[0]) {
        const { onReadable, onWritable, onError } = options as Options;
        let over = false;
        const end = (): void => {
          if (over) return;
          over = true;
          // Not from inside: whoever failed has not come to its end yet.
          Timer.set(() => (onError as Callback | undefined)?.call(undefined));
        };
        const alive = (callback: unknown): Callback | undefined =>
          typeof callback === "function" ? guard.#foreign((...parameters) => (over ? undefined : (callback as Callback)(...parameters)), end) : undefined;
        const guarded: Options = { ...options, onReadable: alive(onReadable), onWritable: alive(onWritable), onError: alive(onError) };
        super(guarded as unknown as ConstructorParameters<typeof TCP>[0]);
        this.#end = end;
        guard.#connections.add(end);
      }

      override close(): void {
        guard.#connections.delete(this.#end);
        super.close();
      }
    };
  }

  /** UDP: an exception of whoever uses it loses the packet and nothing else. */
  udp(): typeof UDP {
    const guard: IoGuard = this;
    return class GuardedUdp extends UDP {
      constructor(options: ConstructorParameters<typeof UDP>[0]) {
        const onReadable = (options as Options)["onReadable"];
        const guarded: Options = { ...options, onReadable: typeof onReadable === "function" ? guard.#foreign(onReadable as Callback, () => {}) : undefined };
        super(guarded);
      }
    };
  }

  #foreign(callback: Callback, onFault: () => void): Callback {
    return this.#wrap(callback, (error) => {
      if (error === this.#bug) throw error;
      this.#trace(`network: ${String(error)}`);
      onFault();
    });
  }

  #wrap(callback: Callback, onError: (error: unknown) => void): Callback {
    return function (this: unknown, ...parameters) {
      try {
        return callback.apply(this, parameters);
      } catch (error) {
        onError(error);
        return undefined;
      }
    };
  }
}

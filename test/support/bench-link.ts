import type { Device, MqttClient, MqttOptions, MqttWrite } from "../../firmware/device";
import type { BoardSession } from "../../hardware-sim/board-session";
import { Operation } from "../../hardware-sim/mqtt-packet";
import type { BoardNetwork } from "../../hardware-sim/board-network";
import { parseTopic } from "../../protocol/topics";

const WRITABLE_BYTES = 8_192;

/** A wire to a door's MQTT on a bench: connects at once, carries whole messages, forgets nothing and knows no cloud. */
export class BenchLink implements BoardNetwork {
  /** @param what the topic after `up/`. */
  onUp: (what: string, payload: Uint8Array) => void = () => {};
  readonly #door: string;
  #receive: ((what: string, payload: Uint8Array) => void) | undefined;

  /** @param door its id in hexadecimal. */
  constructor(door: string) {
    this.#door = door;
  }

  /** @param what the topic after `down/`. Lost where the door has not connected. */
  deliver(what: string, payload: Uint8Array): void {
    this.#receive?.(what, payload);
  }

  attach(session: BoardSession): Device["network"] {
    const link = this;
    this.#receive = undefined;
    session.onEnd(() => (this.#receive = undefined));
    const mqtt = class implements MqttClient {
      static readonly CONNACK = Operation.connack;
      static readonly PUBLISH = Operation.publish;
      static readonly PUBACK = Operation.puback;
      static readonly SUBSCRIBE = Operation.subscribe;
      static readonly SUBACK = Operation.suback;
      #options: MqttOptions;
      #unread: Uint8Array | undefined;
      constructor(options: MqttOptions) {
        this.#options = options;
        this.#soon(() => {
          options.onControl?.({ operation: Operation.connack });
          options.onWritable?.(WRITABLE_BYTES);
        });
      }
      read(): ArrayBuffer | undefined {
        const unread = this.#unread;
        this.#unread = undefined;
        return unread?.slice().buffer;
      }
      write(data: ArrayBuffer | Uint8Array | null, write?: MqttWrite): number {
        session.need();
        if (write?.operation === Operation.subscribe) this.#soon(() => this.#subscribed());
        else if (data !== null) link.onUp(parseTopic(write!.topic!)!.what, new Uint8Array(data));
        return WRITABLE_BYTES;
      }
      close(): void {
        link.#receive = undefined;
      }
      #subscribed(): void {
        link.#receive = (what, payload) => {
          this.#unread = payload;
          session.run(() => this.#options.onReadable?.(payload.length, { topic: `latchkey/1/doors/${link.#door}/down/${what}`, byteLength: payload.length, QoS: 1, more: false }));
        };
        this.#options.onControl?.({ operation: Operation.suback });
      }
      #soon(callback: () => void): void {
        session.timer.set(callback, 1);
      }
    };
    const http = class {
      request(): never {
        throw new Error("a claimed door has nothing to ask over HTTP");
      }
      close(): void {}
    };
    return { mqtt: { io: mqtt }, http: { io: http } };
  }
}

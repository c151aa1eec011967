import type { GapClient, GapClientConstructor, GattClient, GattClientCharacteristic, GattClientConstructor, GattClientService } from "../../fob/fob-device";
import { fromHex, toHex } from "../../protocol/bytes";
import type { BoardSession } from "../board-session";
import type { HeardAdvertisement, VirtualCentral } from "./virtual-central";
import type { VirtualLink } from "./virtual-link";

/** Moddable's scanner over the simulated air. */
export function gapClientClass(session: BoardSession, central: VirtualCentral): GapClientConstructor {
  return class VirtualGapClient implements GapClient {
    #heard: HeardAdvertisement[] = [];
    #stop: () => void;

    constructor({ onReadable }: ConstructorParameters<GapClientConstructor>[0]) {
      session.need();
      this.#stop = central.scan((heard) => {
        this.#heard.push(heard);
        session.run(() => onReadable?.(this.#heard.length));
      });
    }

    read() {
      const heard = this.#heard.shift();
      return heard && { address: toHex(heard.address), name: heard.name };
    }

    close(): void {
      this.#stop();
      this.#heard = [];
    }
  };
}

/**
 * Moddable's connection over the simulated air. As in SDK 8.2.3, a value is read and written as one packet: of a
 * longer one only the beginning is read, and none is written. Services are told by their characteristics.
 */
export function gattClientClass(session: BoardSession, central: VirtualCentral): GattClientConstructor {
  return class VirtualGattClient implements GattClient {
    #link: VirtualLink | undefined;
    #giveUp: (() => void) | undefined;

    constructor({ address, onReady, onError }: ConstructorParameters<GattClientConstructor>[0]) {
      session.need();
      const failed = () => session.run(() => onError?.(new Error("no connection")));
      this.#giveUp = central.connectTo(fromHex(address)!, {
        onConnected: (link) => {
          this.#link = link;
          session.run(() => onReady?.());
        },
        onFailed: failed,
        onLost: failed,
      });
    }

    getPrimaryServices(uuids: string[], callback: (error: unknown, services: GattClientService[]) => void): void {
      session.timer.set(() => callback(this.#error, uuids.map((uuid) => ({ uuid }))), 0);
    }

    getCharacteristics(_service: GattClientService, uuids: string[], callback: (error: unknown, characteristics: GattClientCharacteristic[]) => void): void {
      session.timer.set(() => callback(this.#error, uuids.filter((uuid) => this.#link?.handleOf(uuid) !== undefined).map((uuid) => ({ uuid }))), 0);
    }

    read({ uuid }: GattClientCharacteristic, callback: (error: unknown, value: ArrayBuffer) => void): void {
      const link = this.#link;
      const answer = (value: Uint8Array | undefined) => session.run(() => callback(value === undefined ? new Error("not read") : null, (value ?? new Uint8Array(0)).slice(0, (link?.mtu ?? 1) - 1).buffer));
      if (link === undefined) answer(undefined);
      else link.read(uuid, answer);
    }

    write({ uuid }: GattClientCharacteristic, value: Uint8Array, _options: { response: boolean }, callback: (error: unknown) => void): void {
      const link = this.#link;
      const answer = (ok: boolean) => session.run(() => callback(ok ? null : new Error("not written")));
      if (link === undefined || value.length > link.mtu - 3) session.timer.set(() => answer(false), 0);
      else link.write(uuid, value, answer);
    }

    close(callback?: () => void): void {
      this.#giveUp?.();
      this.#link?.close();
      if (callback !== undefined) session.timer.set(callback, 0);
    }

    get #error(): unknown {
      return this.#link?.open === true ? null : new Error("no connection");
    }
  };
}

import { type DoorConnection, type DoorRadio, RadioError } from "../../phone/door-radio";
import { DOOR_CHARACTERISTICS, type DoorCharacteristic } from "../../protocol/gatt-names";
import type { VirtualCentral } from "./virtual-central";
import type { VirtualLink } from "./virtual-link";

/** A phone library's radio in a simulated world. Its promises come true as the world's clock goes on. */
export class SimulatedDoorRadio implements DoorRadio {
  readonly central: VirtualCentral;

  constructor(central: VirtualCentral) {
    this.central = central;
  }

  connect({ radioName }: { radioName: string }, signal?: AbortSignal): Promise<DoorConnection> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        cancel();
        reject(signal!.reason as Error);
      };
      const settled = (): void => signal?.removeEventListener("abort", aborted);
      const cancel = this.central.connect(radioName, {
        onConnected: (link) => {
          settled();
          resolve(connection(link));
        },
        onFailed: (why) => {
          settled();
          reject(new RadioError(why));
        },
      });
      if (signal?.aborted) return aborted();
      signal?.addEventListener("abort", aborted);
    });
  }
}

function connection(link: VirtualLink): DoorConnection {
  return {
    read: (characteristic: DoorCharacteristic) =>
      new Promise((resolve, reject) => {
        link.read(DOOR_CHARACTERISTICS[characteristic], (value) => (value === undefined ? reject(new RadioError("lost")) : resolve(value)));
      }),
    write: (characteristic, value) =>
      new Promise((resolve, reject) => {
        link.write(DOOR_CHARACTERISTICS[characteristic], value, (ok) => (ok ? resolve() : reject(new RadioError("lost"))));
      }),
    close: () => link.close(),
  };
}

import { RadioError } from "../../phone/door-radio";
import type { FobConnection, FobRadio } from "../../phone/fob-radio";
import { FOB_CHARACTERISTICS, FOB_RADIO_NAME } from "../../protocol/fob-frame";
import type { VirtualCentral } from "./virtual-central";
import type { VirtualLink } from "./virtual-link";

/** A phone library's radio to fobs in a simulated world. Its promises come true as the world's clock goes on. */
export class SimulatedFobRadio implements FobRadio {
  readonly central: VirtualCentral;

  constructor(central: VirtualCentral) {
    this.central = central;
  }

  connect(): Promise<FobConnection> {
    return new Promise((resolve, reject) => {
      this.central.connect(FOB_RADIO_NAME, { onConnected: (link) => resolve(connection(link)), onFailed: (why) => reject(new RadioError(why)) });
    });
  }
}

function connection(link: VirtualLink): FobConnection {
  return {
    read: (characteristic) => new Promise((resolve, reject) => link.read(FOB_CHARACTERISTICS[characteristic], (value) => (value === undefined ? reject(new RadioError("lost")) : resolve(value)))),
    write: (characteristic, value) => new Promise((resolve, reject) => link.write(FOB_CHARACTERISTICS[characteristic], value, (ok) => (ok ? resolve() : reject(new RadioError("lost"))))),
    close: () => link.close(),
  };
}

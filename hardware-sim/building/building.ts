import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PhoneFetch } from "../../phone/phone-cloud";
import { toHex } from "../../protocol/bytes";
import { VirtualAir } from "../radio/virtual-air";
import { VirtualRandom } from "../virtual-random";
import { BuildingDoor } from "./building-door";
import { BuildingLog } from "./building-log";
import { takeDataFolder } from "./data-folder";
import type { FirmwareEngine } from "./engine/firmware-engine";
import { BuildingFob } from "./fobs/building-fob";
import { Journeys } from "./journeys";
import { PageServer } from "./page-server";
import { BuildingPhone } from "./phones/building-phone";
import { RealTimeClock } from "./real-time-clock";
import type { PageHost } from "./story-view";

export interface BuildingOptions {
  /** Base address of the cloud's HTTP side. */
  cloud: URL;
  /** Where the cloud's broker listens now; doors learn it at their claim, and anew from this. */
  brokerPort?: number;
  /** DER of the CA under which doors trust an `https:` cloud and its broker; default: the PC's authorities. */
  ca?: Uint8Array;
  /** One door per name. */
  doors: readonly string[];
  engine: FirmwareEngine;
  /** Doors keep their flash here, one folder each. */
  dataFolder: string;
  /** Of the page; 0 = any free one. */
  port: number;
}

interface BuildingParts {
  doors: readonly BuildingDoor[];
  phones: BuildingPhone[];
  fobs: BuildingFob[];
  clock: RealTimeClock;
  air: VirtualAir;
  log: BuildingLog;
  journeys: Journeys;
  page: PageServer;
  folder: string;
  release: () => void;
}

/** Doors of virtual hardware that run the real firmware against a real cloud, and the page to touch them. */
export class Building {
  readonly doors: readonly BuildingDoor[];
  readonly phones: BuildingPhone[];
  readonly fobs: BuildingFob[];
  /** What happened at the doors, from press to relay. */
  readonly journeys: Journeys;
  #parts: BuildingParts;
  #closing: Promise<void> | undefined;

  private constructor(parts: BuildingParts) {
    this.doors = parts.doors;
    this.phones = parts.phones;
    this.fobs = parts.fobs;
    this.journeys = parts.journeys;
    this.#parts = parts;
  }

  /** Powers the doors on and opens the page. @throws {Error} data folder or port in use. */
  static async start(options: BuildingOptions): Promise<Building> {
    const { cloud, engine, dataFolder, brokerPort, ca } = options;
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const release = takeDataFolder(dataFolder);
    const log = new BuildingLog();
    const journeys = new Journeys();
    // A callback of a board reports its own errors; what comes out here is a bug of the building.
    const clock = new RealTimeClock((error) => {
      throw error;
    });
    const air = new VirtualAir({ clock, random: new VirtualRandom(toHex(randomBytes(8))) });
    const secure = cloud.protocol === "https:";
    const cloudPort = Number(cloud.port) || (secure ? 443 : 80);
    const doors: BuildingDoor[] = [];
    const phones: BuildingPhone[] = [];
    const fobs: BuildingFob[] = [];
    const page = new PageServer({ doors, phones, fobs, log, journeys });
    try {
      options.doors.forEach((name, index) => {
        const folder = join(dataFolder, `door-${index + 1}`);
        const onChange = (): void => page.doorChanged(index);
        doors.push(
          new BuildingDoor({
            index,
            name,
            clock,
            air,
            engine,
            cloud: { cloudHost: cloud.hostname, cloudPort, secure, ...(brokerPort !== undefined && { brokerPort }), ...(ca && { ca }) },
            folder,
            log,
            journeys,
            onChange,
          }),
        );
      });
      await page.listen(options.port);
    } catch (error) {
      for (const door of doors) door.close();
      clock.stop();
      release();
      throw error;
    }
    for (const door of doors) door.powerOn();
    return new Building({ doors, phones, fobs, clock, air, log, journeys, page, folder: dataFolder, release });
  }

  /**
   * Somebody with a phone comes to live here.
   * @param fetch the cloud, as they are signed in there.
   * @param mtu of the phone's radio, 23 to 517.
   */
  addPhone(name: string, fetch: PhoneFetch, mtu?: number): BuildingPhone {
    const index = this.phones.length;
    const { air, log, journeys, page } = this.#parts;
    const phone = new BuildingPhone({ index, name, fetch, ...(mtu !== undefined && { mtu }), air, doors: this.doors, log, journeys, onChange: () => page.phoneChanged(index) });
    this.phones.push(phone);
    page.phoneChanged(index);
    return phone;
  }

  /** Gives somebody who has a phone here a fob as well. It is the same one each time the building starts. */
  addFob(owner: BuildingPhone, seed: string): BuildingFob {
    const { air, clock, log, journeys, page, folder } = this.#parts;
    const index = this.fobs.length;
    const file = join(folder, `fob-${index + 1}.json`);
    const fob = new BuildingFob({ index, owner, clock, air, seed, file, log, journeys, onChange: () => page.fobChanged(index) });
    this.fobs.push(fob);
    page.fobChanged(index);
    return fob;
  }

  /** Shows on its page what whoever started it knows besides. */
  host(host: PageHost): void {
    this.#parts.page.host(host);
  }

  /** Address of the page. */
  get url(): string {
    return this.#parts.page.url;
  }

  /** Cuts the power of all doors and gives port and data folder back; once is enough. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const fob of this.fobs) fob.close();
    for (const phone of this.phones) await phone.close();
    for (const door of this.doors) door.close();
    this.#parts.clock.stop();
    await this.#parts.page.close();
    this.#parts.release();
  }
}

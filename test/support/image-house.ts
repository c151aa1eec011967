import { startController } from "../../firmware/controller";
import type { Device } from "../../firmware/device";
import type { VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { virtualImage } from "../../hardware-sim/virtual-update";
import { ascii } from "../../protocol/bytes";
import { decodeDoorState, type DoorState } from "../../protocol/door-state";
import { encodeFirmwareImage, encodeFirmwareOffer, imageHash, type FirmwareImage } from "../../protocol/firmware-image";
import type { Hashes } from "../../protocol/hashes";
import { House } from "./house";
import { Mint, RESIDENT, type TestKey } from "./mint";
import { IMAGE_KEY, TARGET } from "./signed-image";

export interface OfferOptions extends Partial<FirmwareImage> {
  version: number;
  key?: TestKey;
  /** What the server has; default: the image. null: nothing. */
  file?: Uint8Array | null;
}

/** A house whose board has two image slots and runs image 1, and whoever offers it others. */
export class ImageHouse extends House {
  readonly #hashes: Hashes;
  readonly #mint: Mint;

  /** @param crashes versions whose firmware throws as soon as it starts. */
  constructor(hashes: Hashes, crashes: readonly number[] = [], options: Partial<VirtualBoardOptions> = {}) {
    const boot = (device: Device): void => {
      if (crashes.includes(device.update!.version)) throw new Error("a bug in this image");
      startController(device);
    };
    const update = { image: virtualImage(1), target: TARGET, imageKey: IMAGE_KEY.publicKey };
    super(hashes, { update, onException: (_, board) => board.restart(), ...options }, boot);
    this.#hashes = hashes;
    this.#mint = new Mint(hashes);
    this.cloud.issue([{ pin: "111111", profile: RESIDENT }]);
    this.clock.advance(30_000);
  }

  get version(): number {
    return this.board.update!.version;
  }

  get state(): DoorState {
    return decodeDoorState(this.network.broker.retained(`latchkey/1/doors/${this.cloud.door}/up/state`)!);
  }

  /** Types and counts of the log's events that are about firmware. */
  get firmwareEvents(): string[] {
    return this.cloud.events.filter(({ type }) => type === "firmware" || type === "alarm").map(({ type, count }) => `${type} ${count}`);
  }

  /** How often an image was asked for. */
  get fetches(): number {
    return this.cloud.requests.filter((request) => request.startsWith("GET ")).length;
  }

  /** Publishes an image and offers it to the door. */
  offer({ version, key = IMAGE_KEY, file, ...more }: OfferOptions): void {
    const bytes = virtualImage(version);
    const path = `/firmware/${version}.bin`;
    const image = { target: TARGET, version, minimumVersion: 1, size: bytes.length, hash: imageHash(this.#hashes, bytes), ...more };
    if (file !== null) this.cloud.files.set(path, file ?? bytes);
    const signed = this.#mint.sign(encodeFirmwareImage(image), "firmware", key, TARGET);
    this.cloud.send("firmware", encodeFirmwareOffer(signed, ascii(path)));
  }
}

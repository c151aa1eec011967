import type { DoorState } from "../../protocol/door-state";
import type { FirmwareOffer } from "../../protocol/firmware-image";
import { ProtocolError } from "../../protocol/protocol-error";
import type { Device, FirmwareUpdate, ImageWriter, KeyValue } from "../device";
import { loadSettings } from "../enrolment/settings";
import type { NewEvent } from "../event-log/new-event";
import { FIRMWARE_RETRY_MAX_MS, FIRMWARE_RETRY_MIN_MS, FIRMWARE_TRIAL_MS, RESTART_POLL_MS, RESTART_WAIT_MAX_MS } from "../limits";
import type { Work, WorkQueue } from "../work-queue";
import { openFirmwareOffer } from "./firmware-offer";
import { keepFirmwareRecord, loadFirmwareRecord, type FirmwareRecord } from "./firmware-record";
import { ImageDownload, type DownloadEnd } from "./image-download";

export interface FirmwareUpdaterOptions {
  device: Device;
  keyValue: KeyValue;
  queue: WorkQueue;
  /** Nobody is at the door: the lock is shut and no key was pressed. */
  atRest(): boolean;
  /** All outputs to their secure state: the board starts anew. */
  secure(): void;
  /** For the log, where the door has one. */
  note(event: NewEvent): void;
}

/**
 * New firmware for a board with two image slots (SPEC 19): takes what the image key signed, fetches it from the cloud's
 * host, and starts it while nobody is at the door. An image on trial has to prove itself before it stays.
 */
export class FirmwareUpdater {
  readonly #options: FirmwareUpdaterOptions;
  readonly #update: FirmwareUpdate | undefined;
  #record: FirmwareRecord;
  #onTrial: boolean;
  /** What is being fetched, or waits to be fetched again. */
  #offer: FirmwareOffer | undefined;
  #download: ImageDownload | undefined;
  #pause = FIRMWARE_RETRY_MIN_MS;
  /** A whole image waits for the restart. */
  #whole = false;

  constructor(options: FirmwareUpdaterOptions) {
    this.#options = options;
    this.#update = options.device.update;
    this.#record = loadFirmwareRecord(options.keyValue);
    this.#onTrial = this.#update?.onTrial ?? false;
  }

  /** What `up/state` says of it. */
  get state(): Partial<DoorState> {
    const update = this.#update;
    return { firmware: update?.version ?? 0, onTrial: this.#onTrial, rolledBack: this.#record.failed, ...(update && { target: update.target }) };
  }

  /** Once, when there is a log to write to. */
  start(): void {
    const { device, note } = this.#options;
    const rolledBack = this.#update?.rolledBack ?? 0;
    if (rolledBack !== 0 && rolledBack !== this.#record.failed) {
      device.trace(`firmware ${rolledBack} failed its trial`);
      note({ type: "alarm", count: ALARM_FIRMWARE });
      this.#keep({ failed: rolledBack });
    }
    if (this.#onTrial) device.timer.set(() => this.proved(), FIRMWARE_TRIAL_MS);
  }

  /** The firmware that runs has shown that it works: it was connected to the cloud, or ran for ten minutes. */
  proved(): void {
    if (!this.#onTrial) return;
    const { version, confirm } = this.#update!;
    confirm.call(this.#update);
    this.#onTrial = false;
    this.#options.device.trace(`firmware ${version} stays`);
    this.#options.note({ type: "firmware", count: version & COUNT_MASK });
  }

  /**
   * Takes an offer and begins to fetch it. The one that is being fetched changes nothing; while an image is on trial,
   * nothing is taken, because its place is that of the last good one.
   * @throws {ProtocolError} what `openFirmwareOffer` throws; `wrong-target` also on a board without slots.
   */
  *receive(message: Uint8Array): Work {
    const update = this.#update;
    if (update === undefined) throw new ProtocolError("wrong-target", "no image slots");
    const offer = yield* openFirmwareOffer(this.#options.device, message, { ...this.#record, target: update.target, imageKey: update.imageKey, running: update.version });
    if (this.#onTrial || this.#whole || (this.#offer !== undefined && this.#offer.image.version >= offer.image.version)) return;
    this.#download?.cancel();
    this.#download = undefined;
    this.#offer = offer;
    this.#pause = FIRMWARE_RETRY_MIN_MS;
    this.#fetch(offer);
  }

  #fetch(offer: FirmwareOffer): void {
    const { device, keyValue, queue } = this.#options;
    // A newer one may have taken its place while it waited.
    if (offer !== this.#offer) return;
    const settings = loadSettings(keyValue);
    const writer = settings === undefined ? undefined : this.#begin(offer.image.size);
    if (settings === undefined || writer === undefined) return this.#ended(offer, undefined, "wrong");
    device.trace(`firmware ${offer.image.version}: fetching`);
    this.#download = new ImageDownload({
      device,
      queue,
      host: settings.cloudHost,
      port: settings.cloudPort,
      path: offer.path,
      image: offer.image,
      writer,
      onEnd: (end) => this.#ended(offer, writer, end),
    });
  }

  /** @returns undefined where the board has no room for it. */
  #begin(size: number): ImageWriter | undefined {
    try {
      return this.#update!.begin(size);
    } catch (error) {
      this.#options.device.trace(`firmware: ${String(error)}`);
      return undefined;
    }
  }

  #ended(offer: FirmwareOffer, writer: ImageWriter | undefined, end: DownloadEnd): void {
    const { device } = this.#options;
    const { version, minimumVersion } = offer.image;
    this.#download = undefined;
    if (end !== "whole") {
      device.trace(`firmware ${version}: ${end}`);
      // What is wrong now is not right in a minute.
      this.#pause = end === "wrong" ? FIRMWARE_RETRY_MAX_MS : this.#pause;
      device.timer.set(() => this.#fetch(offer), this.#pause);
      this.#pause = Math.min(2 * this.#pause, FIRMWARE_RETRY_MAX_MS);
      return;
    }
    // Before it can run: afterwards nothing older is taken, whatever becomes of this one.
    if (minimumVersion > this.#record.minimum) this.#keep({ minimum: minimumVersion });
    writer!.complete();
    this.#whole = true;
    device.trace(`firmware ${version}: whole`);
    this.#restartAtRest(RESTART_WAIT_MAX_MS);
  }

  /** A door that is held open all day is not waited for for ever. */
  #restartAtRest(leftMs: number): void {
    const { device, atRest, secure } = this.#options;
    if (!atRest() && leftMs > 0) {
      device.timer.set(() => this.#restartAtRest(leftMs - RESTART_POLL_MS), RESTART_POLL_MS);
      return;
    }
    secure();
    if (device.system === undefined) device.trace("start the board anew to run it");
    else device.system.restart();
  }

  #keep(changes: Partial<FirmwareRecord>): void {
    this.#record = { ...this.#record, ...changes };
    keepFirmwareRecord(this.#options.keyValue, this.#record);
  }
}

const COUNT_MASK = 0xff_ffff;
/** Count of the alarm for an image that failed its trial (SPEC 10); `up/state` says which. */
const ALARM_FIRMWARE = 3;

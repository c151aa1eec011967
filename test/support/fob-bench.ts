import { Fob } from "../../fob/fob";
import type { GattConnection } from "../../firmware/device";
import type { Place } from "../../hardware-sim/radio/ether";
import { VirtualAir } from "../../hardware-sim/radio/virtual-air";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { PowerOn } from "../../hardware-sim/power-on";
import { VirtualFob } from "../../hardware-sim/radio/virtual-fob";
import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { BlockCipher } from "../../protocol/block-cipher";
import { concat, equalBytes } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import type { DoorKeys } from "../../protocol/door-keys";
import { FOB_BUTTONS, sealFobAssignment, type FobButton } from "../../protocol/fob-assignment";
import { encodeFobFrame, FOB_CHARACTERISTICS, FOB_DATA_BYTES_MAX, FOB_RADIO_NAME, type FobFrame } from "../../protocol/fob-frame";
import { fobKeys, type FobKeys } from "../../protocol/fob-identity";
import { openFobReport, type FobReport } from "../../protocol/fob-report";
import { DOOR_CHARACTERISTICS, DOOR_SERVICE, doorRadioName } from "../../protocol/gatt-names";
import { encodeHandle, openHandle, type Holder } from "../../protocol/handle";
import type { Hashes } from "../../protocol/hashes";
import { MAC_BYTES } from "../../protocol/limits";
import { phoneKey } from "../../protocol/phone-key";
import { decodeResponse, encodeChallenge, encodeResultHead, responseProof, resultProof, unansweredResult, type ResultStatus } from "../../protocol/phone-unlock";

/** A door of paper: the three messages and nothing else, so that a fob's own logic can be looked at. */
export interface PaperDoor {
  id: Uint8Array;
  keys: Pick<DoorKeys, "ble" | "handle">;
  /** What it decides about everybody. */
  status: Exclude<ResultStatus, "unanswered">;
  /** Who was proved, and with which handle, in order. */
  heard: { handle: Uint8Array; outputs: number; holder: Holder }[];
  session: PowerOn;
}

/** A simulated fob, doors of paper and a phone at the fob. */
export class FobBench {
  readonly clock = new VirtualClock();
  readonly random = new VirtualRandom("fob bench");
  readonly air = new VirtualAir({ clock: this.clock, random: this.random });
  readonly holder: Holder = { kind: CredentialKind.fob, credentialId: this.random.bytes(8) };
  readonly hashes: Hashes;
  readonly cipher: BlockCipher;
  #counter = 0;

  constructor(hashes: Hashes, cipher: BlockCipher) {
    this.hashes = hashes;
    this.cipher = cipher;
  }

  fob(seed = "one", place: Place = { x: 0, y: 0 }): VirtualFob {
    const fob = new VirtualFob({ clock: this.clock, air: this.air, place, seed, hashes: this.hashes });
    fob.start((device) => new Fob(device));
    return fob;
  }

  keysOf(fob: VirtualFob): FobKeys {
    return fobKeys(this.hashes, fob.identity);
  }

  door(place: Place = { x: 2, y: 0 }): PaperDoor {
    const session = new PowerOn(this.clock, {}, (error) => {
      throw error;
    });
    const door: PaperDoor = { id: this.random.bytes(8), keys: { ble: this.random.bytes(32), handle: this.random.bytes(32) }, status: "granted", heard: [], session };
    const challenges = new Map<GattConnection, Uint8Array>();
    const results = new Map<GattConnection, Uint8Array>();
    const Server = this.air.gattServer(session, place);
    const { read, write } = Server.properties;
    const server = new Server({
      services: [
        {
          uuid: DOOR_SERVICE,
          characteristics: [
            {
              uuid: DOOR_CHARACTERISTICS.challenge,
              properties: read,
              onRead: (connection) => {
                const challenge = challenges.get(connection) ?? encodeChallenge({ nonce: this.random.bytes(16), listVersion: 1, wallTime: 0, offline: true });
                challenges.set(connection, challenge);
                return challenge;
              },
            },
            { uuid: DOOR_CHARACTERISTICS.response, properties: write, onWrite: (value, connection) => results.set(connection, this.#answer(door, challenges.get(connection)!, new Uint8Array(value))) },
            { uuid: DOOR_CHARACTERISTICS.result, properties: read, onRead: (connection) => results.get(connection) ?? unansweredResult() },
          ],
        },
      ],
      onReady: () => server.startAdvertising({ flags: 6, services: [DOOR_SERVICE] }, { name: doorRadioName(door.id) }),
    });
    this.clock.advance(10);
    return door;
  }

  #answer(door: PaperDoor, challenge: Uint8Array, message: Uint8Array): Uint8Array {
    const response = decodeResponse(message);
    const holder = openHandle(this.cipher, door.keys.handle, response.handle);
    if (holder === undefined || response.wish === "carry") return unansweredResult();
    const key = phoneKey(this.hashes, door.keys.ble, holder);
    const mac = this.hashes.hmacSha256(key, responseProof(door.id, challenge, response.head)).subarray(0, MAC_BYTES);
    if (!equalBytes(mac, response.mac)) return unansweredResult();
    door.heard.push({ handle: response.handle, outputs: response.wish.unlock, holder });
    const head = encodeResultHead({ status: door.status, seconds: 5 });
    return concat(head, this.hashes.hmacSha256(key, resultProof(challenge, message, head)).subarray(0, MAC_BYTES));
  }

  /** What a button is to do. @param since see FobButton. */
  button(door: Pick<PaperDoor, "id" | "keys">, { since, outputs = 1, handles = 3 }: { since: number; outputs?: number; handles?: number }): FobButton {
    const ring = Array.from({ length: handles }, () => encodeHandle(this.cipher, door.keys.handle, this.holder, ++this.#counter));
    return { since, door: door.id, outputs, key: phoneKey(this.hashes, door.keys.ble, this.holder), handles: ring };
  }

  /** @param buttons by their number. */
  sealed(fob: VirtualFob, sequence: number, buttons: Readonly<Record<number, FobButton>>): Uint8Array {
    return sealFobAssignment(this.hashes, this.keysOf(fob), fob.identity.id, { sequence, buttons: Array.from({ length: FOB_BUTTONS }, (_, at) => buttons[at + 1]) });
  }

  /** Holds 2 and 4, and lets the fob show that it is in edit mode. */
  edit(fob: VirtualFob): void {
    fob.holdToEdit();
    this.clock.advance(3_000);
  }

  /** A phone at the fob writes values and reads the report. @returns undefined where no fob in edit mode answers. */
  phone(values: readonly Uint8Array[], mtu = 185): Uint8Array | undefined {
    let report: Uint8Array | undefined;
    const go = (link: VirtualLink, at: number): void => {
      if (at < values.length) return link.write(FOB_CHARACTERISTICS.edit, values[at], () => go(link, at + 1));
      link.read(FOB_CHARACTERISTICS.report, (value) => {
        report = value;
        link.close();
      });
    };
    let failed = false;
    this.air.central({ place: { x: 1, y: 0 }, mtu }).connect(FOB_RADIO_NAME, { onConnected: (link) => go(link, 0), onFailed: () => (failed = true), onLost: () => (failed = true) }, 2_000);
    while (report === undefined && !failed) this.clock.advance(50);
    this.clock.advance(100);
    return report;
  }

  /** A connection to the fob in edit mode that is held on to. */
  link(): VirtualLink {
    let link: VirtualLink | undefined;
    this.air.central({ place: { x: 1, y: 0 } }).connect(FOB_RADIO_NAME, { onConnected: (made) => (link = made), onFailed: () => {} });
    this.clock.runUntil(() => link !== undefined, 5_000);
    if (link === undefined) throw new Error("no fob in edit mode");
    return link;
  }

  /** Writes on a connection that is there. @returns the report after it. */
  write(link: VirtualLink, frame: FobFrame): Uint8Array | undefined {
    let report: Uint8Array | undefined;
    let over = false;
    link.write(FOB_CHARACTERISTICS.edit, encodeFobFrame(frame), () => {
      link.read(FOB_CHARACTERISTICS.report, (value) => ((report = value), (over = true)));
    });
    this.clock.runUntil(() => over, 10_000);
    return report;
  }

  /** As `phone`, with frames, and what the fob says to them. */
  say(fob: VirtualFob, frames: readonly FobFrame[]): FobReport | undefined {
    const bytes = this.phone(frames.map(encodeFobFrame));
    return bytes && openFobReport(this.hashes, this.keysOf(fob), bytes);
  }

  send(fob: VirtualFob, sealed: Uint8Array): FobReport | undefined {
    return this.say(fob, framesOf(sealed));
  }

  commit(fob: VirtualFob, sequence: number): FobReport | undefined {
    return this.say(fob, [{ type: "commit", sequence }]);
  }

  /** Both phases. */
  assign(fob: VirtualFob, sequence: number, buttons: Readonly<Record<number, FobButton>>): FobReport | undefined {
    this.edit(fob);
    this.send(fob, this.sealed(fob, sequence, buttons));
    this.edit(fob);
    return this.commit(fob, sequence);
  }

  /** Presses a button and lets the visit end. @returns what the lights said. */
  press(fob: VirtualFob, button: number): string | undefined {
    fob.press(button);
    this.clock.advance(10_000);
    return fob.light;
  }
}

/** A sealed assignment in parts. */
export function framesOf(sealed: Uint8Array, partBytes = FOB_DATA_BYTES_MAX): FobFrame[] {
  const frames: FobFrame[] = [];
  for (let offset = 0; offset < sealed.length; offset += partBytes) frames.push({ type: "data", offset, bytes: sealed.subarray(offset, offset + partBytes) });
  return frames;
}

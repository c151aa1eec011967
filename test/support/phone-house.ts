import type { VirtualLink } from "../../hardware-sim/radio/virtual-link";
import { readerPins } from "../../hardware-sim/board-pins";
import { CredentialKind } from "../../protocol/credential";
import { decodeDoorState } from "../../protocol/door-state";
import { DOOR_CHARACTERISTICS, type DoorCharacteristic } from "../../protocol/gatt-names";
import type { Holder } from "../../protocol/handle";
import { REFUSALS, type ProtocolErrorCode } from "../../protocol/protocol-error";
import type { VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import type { CaseHost } from "./cases";
import { House } from "./house";
import { RESIDENT } from "./mint";
import type { PaperGrant } from "./paper-cloud";

/** A phone, or another. */
export function phone(number: number): Holder {
  return { kind: CredentialKind.phone, credentialId: new Uint8Array(8).fill(number) };
}

export function fob(number: number): Holder {
  return { kind: CredentialKind.fob, credentialId: new Uint8Array(8).fill(number) };
}

/** Who lives there, unless a test says otherwise: three phones, a fob, and a PIN (471147). Phone 9 stands in no list. */
export const RESIDENTS: readonly PaperGrant[] = [
  { holder: phone(1), profile: RESIDENT },
  { holder: phone(2), profile: RESIDENT },
  { holder: phone(3), profile: RESIDENT },
  { holder: fob(4), profile: RESIDENT },
  { pin: "471147", profile: RESIDENT },
];

/** A house whose door has a radio and a list of phones. */
export class PhoneHouse extends House {
  constructor({ hashes, blockCipher }: CaseHost, grants: readonly PaperGrant[] = RESIDENTS, options: Partial<VirtualBoardOptions> = {}) {
    super(hashes, { blockCipher, ...options });
    this.cloud.issue(grants);
    this.clock.advance(30_000);
  }

  /** From now on the door's cloud is out of reach, and the door knows it. */
  goOffline(): void {
    this.plug.pull();
    this.clock.advance(60_000);
  }

  goOnline(): void {
    this.plug.plug();
    this.clock.advance(70_000);
  }

  /** What the door has refused since boot, as its cloud sees it; the door must be online. */
  refused(): Partial<Record<ProtocolErrorCode, number>> {
    this.clock.advance(3_000);
    const state = decodeDoorState(this.network.broker.retained(`latchkey/1/doors/${this.cloud.door}/up/state`)!);
    return Object.fromEntries(state.refusedBy.map(({ code, count }) => [REFUSALS[code - 1], count]));
  }

  /** Openings so far. */
  get openings(): number {
    return this.board.strikeTimes.length;
  }

  /** Whether the reader's LED or buzzer moved so far. */
  get shown(): number {
    return this.board.pins.timeline(readerPins(0).led).length;
  }

  /** A request of whoever wants in by any means. @returns the value; undefined where the link ended. */
  read(link: VirtualLink, from: DoorCharacteristic): Uint8Array | undefined {
    let value: Uint8Array | undefined;
    let over = false;
    link.read(DOOR_CHARACTERISTICS[from], (bytes) => ((value = bytes), (over = true)));
    this.clock.runUntil(() => over, 60_000);
    return value;
  }

  write(link: VirtualLink, to: DoorCharacteristic, bytes: Uint8Array): boolean | undefined {
    let done: boolean | undefined;
    link.write(DOOR_CHARACTERISTICS[to], bytes, (ok) => (done = ok));
    this.clock.runUntil(() => done !== undefined, 60_000);
    return done;
  }
}

import type { Device } from "../../firmware/device";
import { Door, type DoorEvent } from "../../firmware/door/door";
import { VirtualBoard, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { DEFAULT_POLICY, type DoorPolicy } from "../../protocol/door-policy";

/** The strike alone, as a mask. */
const STRIKE = 1;

/** A door with its outputs, leaf and exit button, and nobody who decides. */
export interface Hinge {
  clock: VirtualClock;
  board: VirtualBoard;
  door: Door;
  /** When, what, and the count where there is one. */
  events: string[];
  device: Device;
  policy: DoorPolicy | undefined;
  /** Opens the strike for so many seconds. */
  open(unlockSeconds: number): void;
}

/** @param policy null: a door without a list. */
export function hang(options: Partial<VirtualBoardOptions> = {}, policy: Partial<DoorPolicy> | null = { unlockSeconds: 7 }): Hinge {
  const clock = new VirtualClock();
  const board = new VirtualBoard({ flashBlocks: 4, ...options, clock });
  const hinge = { clock, board, events: [] as string[], policy: policy === null ? undefined : { ...DEFAULT_POLICY, ...policy } } as Hinge;
  hinge.open = (unlockSeconds) => {
    hinge.policy = { ...hinge.policy!, unlockSeconds };
    hinge.door.unlock(STRIKE);
  };
  board.start((device) => {
    hinge.device = device;
    hinge.door = new Door({ device, policy: () => hinge.policy, onEvent: (type: DoorEvent, count?: number) => hinge.events.push(`${clock.now} ${type}${count === undefined ? "" : ` ${count}`}`) });
  });
  return hinge;
}

/** Presses the exit button and lets go of it. */
export function exit({ board, clock }: Pick<Hinge, "board" | "clock">): void {
  board.pressExit(true);
  clock.advance(200);
  board.pressExit(false);
  clock.advance(100);
}

/** Events without their times. */
export function kinds(events: readonly string[]): string[] {
  return events.map((event) => event.slice(event.indexOf(" ") + 1));
}

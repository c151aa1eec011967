import { passSlowly } from "./press";
import type { World, WorldDoor } from "./world";

/** The four messages of an opening, by their numbers. */
export const [ASK, NONCE, COMMAND, ANSWER] = [0, 1, 2, 3];
export const STEPS = [ASK, NONCE, COMMAND, ANSWER];

/** What may go wrong while somebody waits for a door. */
export class Mishaps {
  readonly world: World;
  readonly door: WorldDoor;
  /** Everything that the door was told and said, to be said again. */
  readonly recorded: (() => void)[] = [];

  constructor(world: World, door: WorldDoor) {
    this.world = world;
    this.door = door;
  }

  /** @param act what becomes of the messages of the next opening; of others nothing becomes if it says so. */
  next(act: (step: number, pass: () => void) => void, others: (pass: () => void) => void = (pass) => pass()): void {
    let step = 0;
    this.door.carry = ({ topic }, pass) => {
      if (!/\/(command|reply)$/.test(topic)) return others(pass);
      this.recorded.push(pass);
      act(step++, pass);
    };
  }

  /** Nothing gets through any more, in either direction. */
  cutFrom(at: number): void {
    let cut = false;
    this.next(
      (step, pass) => {
        cut ||= step === at;
        if (!cut) pass();
      },
      (pass) => cut || pass(),
    );
  }

  lose(at: number): void {
    this.next((step, pass) => step === at || pass());
  }

  hold(at: number, milliseconds: number): void {
    this.next((step, pass) => (step === at ? this.world.clock.set(pass, milliseconds) : pass()));
  }

  double(at: number): void {
    this.next((step, pass) => {
      pass();
      if (step === at) pass();
    });
  }

  /** @param done whether the message still gets there. */
  at(at: number, happen: () => void, done: boolean): void {
    let happened = false;
    this.next(
      (step, pass) => {
        if (happened) return;
        if (step !== at || done) pass();
        if (step !== at) return;
        happened = true;
        happen();
      },
      (pass) => happened || pass(),
    );
  }

  async heal(): Promise<void> {
    this.door.carry = (_message, pass) => pass();
    this.door.board.powerOn();
    this.door.plugIn();
    await passSlowly(this.world, 14);
    await this.world.reconnect(this.door);
  }
}

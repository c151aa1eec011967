import type { ApiAnswer } from "./cloud-rig";
import type { Client } from "./sign-in";
import type { World, WorldDoor } from "./world";

/** A press of somebody's button, on its way. */
export class Press {
  readonly key: string;
  answer: ApiAnswer | undefined;
  /** World ms at which the answer was there. */
  answeredAt = 0;

  constructor(world: World, client: Client, door: WorldDoor, key: string, body: object = {}) {
    this.key = key;
    void client.send("POST", `/doors/${door.id}/unlock`, body, { "idempotency-key": key }).then((answer) => {
      this.answer = answer;
      this.answeredAt = world.clock.now;
    });
  }

  static #presses = 0;

  static nextKey(): string {
    return `press number ${(Press.#presses += 1)}`.replaceAll(" ", "-");
  }

  /** `200`, or the problem's code, and whether the door has opened. */
  get said(): [number | string, string] {
    const { status, body } = this.answer!;
    return [status === 200 ? 200 : body.code, body.opened];
  }
}

export async function press(world: World, client: Client, door: WorldDoor, { key = Press.nextKey(), body = {} }: { key?: string; body?: object } = {}): Promise<Press> {
  const pressed = new Press(world, client, door, key, body);
  await world.until("somebody who pressed is answered", () => pressed.answer !== undefined);
  return pressed;
}

/** As `press`, where it takes until somebody has waited in vain. */
export async function pressInVain(world: World, client: Client, door: WorldDoor, key = Press.nextKey()): Promise<Press> {
  const pressed = new Press(world, client, door, key);
  await patience(world, () => pressed.answer !== undefined);
  return pressed;
}

/** Lets time pass, at first as slowly as messages need, then half a second at a time. */
export async function patience(world: World, holds: () => boolean): Promise<void> {
  for (let round = 0; !holds(); round++) {
    if (round > 400) throw new Error("nobody ever answered");
    if (round > 60) world.clock.advance(500);
    for (let turn = 0; turn < 3; turn++) await world.turn();
    await world.cloud.settled();
  }
}

/** As `world.pass`, with time for messages in between. */
export async function passSlowly(world: World, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 2) {
    world.clock.advance(2_000);
    for (let turn = 0; turn < 3; turn++) await world.turn();
    await world.cloud.settled();
  }
}

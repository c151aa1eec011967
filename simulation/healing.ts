import { QUIET } from "./network";
import type { Attempt } from "./attempt";
import type { DoorUnit } from "./door-unit";
import { judge } from "./reference/judge";
import { referenceKind } from "./cloud/reference-terms";
import type { LivingWorld } from "./living-world";

const MINUTE_MS = 60_000;
/** In so long a door must have caught up with everything. */
const HEAL_MS = 40 * MINUTE_MS;
const AHEAD_SECONDS = 3_600;
const TRIES_PER_DOOR = 4;

/** Everything that went wrong is put right; then doors must have caught up, and whoever has a right gets in (I6). */
export class Healing {
  readonly #world: LivingWorld;

  constructor(world: LivingWorld) {
    this.#world = world;
  }

  /** @param strict false: nothing is asked of doors but that their logs arrive. */
  run(strict: boolean): void {
    const world = this.#world;
    world.trace.note("heal", 0, strict ? 1 : 0, 0);
    for (const unit of world.units) {
      unit.calm();
      unit.network.noise = QUIET;
      unit.network.appear();
      world.cloud.setLockState(unit.number, 0);
      world.cloud.resetThrottle(unit.number);
      world.cloud.touch(unit.number);
    }
    world.pass(HEAL_MS);
    for (const unit of world.units) this.#checkCaughtUp(unit, strict);
    for (let turn = 0; turn < TRIES_PER_DOOR && strict; turn++) {
      for (const unit of world.units) this.#comeIn(unit, turn);
      world.pass(20_000);
      for (const unit of world.units) this.#checkEntry(unit);
    }
    world.pass(5 * MINUTE_MS);
    for (const unit of world.units) {
      if (world.violation !== undefined) return;
      unit.watch.drained();
      unit.network.vanish(false);
      unit.restless = true;
    }
  }

  #checkCaughtUp({ number, network, board }: DoorUnit, strict: boolean): void {
    const world = this.#world;
    const books = world.cloud.doors[number]!;
    if (world.violation !== undefined || !strict) return;
    if (!board.running || !network.connected) return world.fail("I6", `with the network there, the door is ${board.running ? "not connected" : "off"}`, number);
    if (!books.upToDate) world.fail("I6", `after everything healed the door has list ${books.receipt?.version} of ${books.version}, keyset ${books.receipt?.keysetNumber} of ${world.cloud.keys.number}`, number);
  }

  /** Somebody whom the model lets in, now and for a while, types. */
  #comeIn(unit: DoorUnit, turn: number): void {
    const world = this.#world;
    if (world.violation !== undefined) return;
    const list = world.cloud.doors[unit.number]!.newest!.reference;
    const welcome = world.people.liveAt(unit.number).filter(({ credential }) =>
      [0, AHEAD_SECONDS].every(
        (ahead) =>
          judge(
            { ...list, rights: list.rights.filter(({ maxUses }) => maxUses === undefined) },
            {
              kind: referenceKind(credential.kind),
              secret: credential.secret,
              secondPin: credential.secondPin,
              outputs: [0],
              time: world.cloud.now + ahead,
              floor: 0,
              leaseEnds: { guest: Infinity, staff: Infinity, resident: Infinity },
              usesOf: () => 0,
              usesFull: false,
            },
          ).reason === "granted",
      ),
    );
    unit.watch.lastDecision = undefined;
    if (welcome.length === 0) return;
    const { credential } = welcome[(turn * 7) % welcome.length];
    world.attempts += 1;
    unit.busyUntil = 0;
    unit.present({ kind: credential.kind, secret: credential.secret, secondPin: credential.secondPin }, turn % 2 === 0 ? 0 : 250, false);
    // Until it is looked at nobody else comes.
    unit.busyUntil += MINUTE_MS;
  }

  #checkEntry({ number, watch }: DoorUnit): void {
    const world = this.#world;
    const { attempts, lastDecision } = watch;
    const attempt = attempts[attempts.length - 1] as Attempt | undefined;
    if (world.violation !== undefined || attempt === undefined || world.clock.now - attempt.at > MINUTE_MS) return;
    if (lastDecision?.reason !== "granted") world.fail("I6", `${attempt.secret} has a right and hears ${lastDecision?.reason ?? "nothing"} at the first try`, number);
  }
}

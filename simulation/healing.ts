import { QUIET } from "./network";
import { VirtualRandom } from "../hardware-sim/virtual-random";
import { CredentialKind } from "../protocol/credential";
import { isTyped } from "./attempt";
import type { DoorUnit } from "./door-unit";
import { judge } from "./reference/judge";
import { referenceKind } from "./cloud/reference-terms";
import type { LivingWorld } from "./living-world";
import { carriesOften } from "./phones/honest-couriers";
import { attackAsCourier, attackByRadio } from "./phones/hostile-phones";
import { speaksByRadio } from "./phones/phones";
import type { Resident } from "./population";
import { taps } from "./present";

const MINUTE_MS = 60_000;
/** In so long a door must have caught up with everything. */
const HEAL_MS = 40 * MINUTE_MS;
const AHEAD_SECONDS = 3_600;
/** How often somebody comes in at each door; from the third on there was an attack by radio just before. */
const TRIES_PER_DOOR = 4;
const TRIES_IN_PEACE = 2;
const ATTACKS = 4;
/** How long an attack is let go on before somebody comes, at the most. */
const ATTACK_MS = 20_000;
const ENTRY_MS = 20_000;
/** Phones with the internet that come to a door without a network. */
const COURIER_EVERY_MS = 150_000;

/** Everything that went wrong is put right; then doors must have caught up, and whoever has a right gets in (I6, I10). */
export class Healing {
  readonly #world: LivingWorld;
  readonly #random: VirtualRandom;
  /** Who is to come in. */
  readonly #expected = new Map<DoorUnit, Resident>();

  constructor(world: LivingWorld, seed: string) {
    this.#world = world;
    this.#random = new VirtualRandom(`${seed} healing`);
  }

  /** @param strict false: nothing is asked of doors but that their logs arrive. */
  run(strict: boolean): void {
    const world = this.#world;
    const random = this.#random;
    world.trace.note("heal", 0, strict ? 1 : 0, 0);
    let over = false;
    for (const unit of world.units) {
      unit.calm();
      if (unit.remote) carriesOften(world, unit, random, COURIER_EVERY_MS, () => over);
      else {
        unit.network.noise = QUIET;
        unit.network.appear();
      }
      world.cloud.setLockState(unit.number, 0);
      world.cloud.resetThrottle(unit.number);
      world.cloud.touch(unit.number);
    }
    world.pass(HEAL_MS);
    for (const unit of world.units) this.#checkCaughtUp(unit, strict);
    for (let turn = 0; turn < TRIES_PER_DOOR && strict && world.violation === undefined; turn++) {
      const attacked = turn >= TRIES_IN_PEACE;
      if (attacked) this.#attack();
      for (const unit of world.units) this.#comeIn(unit, turn);
      world.pass(ENTRY_MS);
      for (const unit of world.units) this.#checkEntry(unit, attacked);
    }
    if (strict) for (const unit of world.units) world.cloud.resetThrottle(unit.number);
    world.pass(5 * MINUTE_MS);
    if (strict) for (const unit of world.units) this.#checkTold(unit);
    over = true;
    for (const unit of world.units) {
      if (world.violation !== undefined) return;
      unit.watch.drained();
      unit.network.vanish(false);
      unit.restless = true;
    }
  }

  /** Whatever hostile phones do at all the doors, some of it still goes on when this ends. */
  #attack(): void {
    const world = this.#world;
    const random = this.#random;
    for (const unit of world.units) {
      for (let attack = 0; attack < ATTACKS; attack++) {
        world.clock.set(() => (random.chance(0.5) ? attackByRadio : attackAsCourier)(world, unit, random), random.below(ATTACK_MS));
      }
    }
    world.pass(ATTACK_MS);
  }

  #checkCaughtUp({ number, network, board, remote }: DoorUnit, strict: boolean): void {
    const world = this.#world;
    const books = world.cloud.doors[number]!;
    if (world.violation !== undefined || !strict) return;
    if (!board.running || !(remote || network.connected)) return world.fail("I6", `with the network there, the door is ${board.running ? "not connected" : "off"}`, number);
    const has = `the door has list ${books.receipt?.version} of ${books.version}, keyset ${books.receipt?.keysetNumber} of ${world.cloud.keys.number}`;
    if (!books.upToDate) world.fail(remote ? "I10" : "I6", `after everything healed${remote ? ", and with phones to carry," : ""} ${has}`, number);
  }

  /** What the cloud has to say gets to the door, and back comes that it has, whatever hostile phones were up to. */
  #checkTold({ number }: DoorUnit): void {
    const world = this.#world;
    const { upToDate, receipt, version } = world.cloud.doors[number]!;
    if (world.violation === undefined && !upToDate) world.fail("I10", `after hostile phones the door has list ${receipt?.version} of ${version}`, number);
  }

  /** Somebody whom the model lets in, now and for a while, comes with what they have. */
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
    unit.watch.lastDecision = unit.watch.lastEntered = undefined;
    this.#expected.delete(unit);
    // Phones and keys alternate, where there are both.
    // Whose PIN is asked for after a tap types it when they always do, and not when the radio is free at last.
    const ready = welcome.filter(({ credential }) => turn < TRIES_IN_PEACE || !speaksByRadio(credential.kind) || credential.secondPin === undefined);
    const alike = ready.filter(({ credential }) => speaksByRadio(credential.kind) === (turn % 2 === 1));
    const among = alike.length > 0 ? alike : ready;
    if (among.length === 0) return;
    const who = among[(turn * 7) % among.length];
    const { credential } = who;
    const { kind, secret, secondPin } = credential;
    world.attempts += 1;
    unit.busyUntil = 0;
    this.#expected.set(unit, who);
    if (speaksByRadio(kind)) taps(world, unit, this.#random, credential, secondPin);
    else unit.present({ kind, secret, secondPin }, turn % 2 === 0 ? 0 : 250, false);
    // Until it is looked at nobody else comes.
    unit.busyUntil += MINUTE_MS;
  }

  #checkEntry(unit: DoorUnit, attacked: boolean): void {
    const world = this.#world;
    const { lastDecision, lastEntered } = unit.watch;
    const who = this.#expected.get(unit);
    if (world.violation !== undefined || who === undefined || lastEntered === who.credential.secret) return;
    const { kind, secret } = who.credential;
    const what = isTyped(kind) ? "a PIN" : kind === CredentialKind.card ? "a card" : "a phone";
    world.fail(attacked ? "I10" : "I6", `${secret} has a right and hears ${lastDecision?.reason ?? "nothing"} at the first try with ${what}${attacked ? " after hostile phones" : ""}`, unit.number);
  }
}

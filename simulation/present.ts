import type { VirtualRandom } from "../hardware-sim/virtual-random";
import { CredentialKind } from "../protocol/credential";
import { LEASE_GRACE_SECONDS } from "../protocol/limits";
import { NO_END } from "../protocol/profile";
import type { Credential } from "./cloud/rights";
import type { DoorUnit } from "./door-unit";
import type { Resident } from "./population";
import type { LivingWorld } from "./living-world";
import { speaksByRadio } from "./phones/phones";
import { visit } from "./phones/visit";

const LATER_MS = 15_000;
/** How many of those who tap hand over what they carry. */
const CARRIES = 0.12;
const SECONDS_AROUND = [-2, -1, 0, 1, 2];

/** Somebody comes with what they have: keys at some pace, and mostly the right second PIN where one is asked for. */
export function presents(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, who: Resident, tries = 2): void {
  if (!unit.restless) return;
  const { credential } = who;
  const gapMs = random.chance(0.3) ? 120 + random.below(400) : 0;
  const enter = random.chance(0.4);
  const secondPin = secondPinOf(credential, world, random);
  const presented = speaksByRadio(credential.kind) ? taps(world, unit, random, credential, secondPin) : unit.present({ kind: credential.kind, secret: credential.secret, secondPin }, gapMs, enter);
  if (presented) world.attempts += 1;
  else if (tries > 0) world.clock.set(() => presents(world, unit, random, who, tries - 1), LATER_MS);
}

/** Somebody taps with a phone or fob; some phones carry, and some of those have the internet at the door. @returns false where somebody stands at the keypad that is needed as well. */
export function taps(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, credential: Credential, secondPin: string | undefined): boolean {
  const { kind, secret } = credential;
  if (!unit.presentByRadio({ kind, secret, secondPin }, credential.secondPin !== undefined)) return false;
  const phone = world.phones.of(credential);
  const carries = kind === CredentialKind.phone && random.chance(CARRIES);
  const online = carries && random.chance(0.5);
  if (online) phone.sync(world.cloud);
  visit(world, unit, random, phone, { wish: { unlock: 0 }, carries, online });
  return true;
}

/**
 * Somebody presses their luck around the second in which a right begins or ends, or their lease does: once a second,
 * so that one of the times is that very second by the door's own clock.
 */
export function presentsAtEdge(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, { credential, rights }: Resident): void {
  const edges: number[] = [];
  for (const { terms } of rights) edges.push(...[terms.notBefore, terms.notAfter].filter((edge) => edge !== 0 && edge !== NO_END));
  const lease = unit.watch.leaseEndOf(credential.holderClass);
  if (lease !== undefined) edges.push(lease + LEASE_GRACE_SECONDS);
  const ahead = edges.filter((edge) => edge > world.cloud.now + 10);
  if (ahead.length === 0) return;
  const edge = ahead[random.below(ahead.length)];
  const inMs = edge * 1_000 - world.clock.unixMs + unit.watch.clockLagMs;
  for (const seconds of SECONDS_AROUND) {
    world.clock.set(() => {
      if (!unit.restless) return;
      unit.busyUntil = 0;
      const { kind, secret } = credential;
      const presented = speaksByRadio(kind) ? taps(world, unit, random, credential, undefined) : unit.present({ kind, secret, secondPin: undefined }, 0, false);
      if (presented) world.attempts += 1;
    }, inMs + seconds * 1_000);
  }
}

/** Somebody with a right that wears off uses it while the power goes, and comes again for one more. */
export function presentsInCut(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, who: Resident): void {
  unit.busyUntil = 0;
  world.faults.add("cut in a use");
  unit.board.cutAfter(random.below(12), random.chance(0.5) ? "before" : "inside");
  for (const afterMs of [0, 40_000, 80_000, 600_000, 5 * 3_600_000]) world.clock.set(() => unit.restless && presents(world, unit, random, who, 0), afterMs);
}

/** Of a credential that is followed by one: the right one, sometimes somebody else's, and sometimes none. */
function secondPinOf({ secondPin }: Credential, world: LivingWorld, random: VirtualRandom): string | undefined {
  if (secondPin === undefined || random.chance(0.1)) return undefined;
  return random.chance(0.8) ? secondPin : world.people.strangersPin();
}

import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import { CredentialKind } from "../../protocol/credential";
import type { DoorUnit } from "../door-unit";
import type { LivingWorld } from "../living-world";
import { HOSTILE_COURIERS, type HostileCourier } from "./hostile-couriers";
import { HOSTILE_UNLOCKS, type HostileUnlock } from "./hostile-unlocks";
import { speaksByRadio } from "./phones";

const UNLOCKS = Object.keys(HOSTILE_UNLOCKS) as HostileUnlock[];
const COURIERS = Object.keys(HOSTILE_COURIERS) as HostileCourier[];

/** Somebody hostile at a door's radio tries to get in, or to keep others out. */
export function attackByRadio(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  if (world.cloud.doors[unit.number] === undefined) return;
  const phones = world.people.liveAt(unit.number).filter(({ credential }) => speaksByRadio(credential.kind));
  const victim = phones.length === 0 ? world.phones.any(random) : world.phones.of(phones[random.below(phones.length)].credential);
  const name = UNLOCKS[random.below(UNLOCKS.length)];
  world.faults.add(name);
  HOSTILE_UNLOCKS[name]({ world, unit, random, victim });
}

/** Somebody hostile poses as a courier, with a phone of the property; it may be one whose rights were taken back. */
export function attackAsCourier(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  if (world.cloud.doors[unit.number] === undefined) return;
  const revoked = world.people.revokedAt(unit.number).filter(({ credential }) => credential.kind === CredentialKind.phone);
  const attacker = revoked.length > 0 && random.chance(0.6) ? world.phones.of(revoked[random.below(revoked.length)].credential) : world.phones.any(random);
  // What is fetched now is old one day.
  if (random.chance(0.5)) attacker.sync(world.cloud);
  const name = COURIERS[random.below(COURIERS.length)];
  world.faults.add(name);
  HOSTILE_COURIERS[name]({ world, unit, random, attacker });
}

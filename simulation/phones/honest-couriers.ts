import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { DoorUnit } from "../door-unit";
import type { LivingWorld } from "../living-world";
import { visit } from "./visit";

const HOUR_MS = 3_600_000;

/**
 * Anybody's phone comes by and carries what it has, which may be old; what it takes along reaches the cloud at once,
 * later, or never.
 */
export function carries(world: LivingWorld, unit: DoorUnit, random: VirtualRandom): void {
  const phone = world.phones.any(random);
  const online = random.chance(0.4);
  if (online || random.chance(0.5)) phone.sync(world.cloud);
  visit(world, unit, random, phone, { wish: "carry", carries: true, online });
  if (!online && random.chance(0.8)) world.clock.set(() => phone.sync(world.cloud), 60_000 + random.below(30 * HOUR_MS));
}

/** A phone that has the internet comes by every so often, until `over`: the door hears nothing from anybody else. */
export function carriesOften(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, everyMs: number, over: () => boolean): void {
  if (over()) return;
  const phone = world.phones.any(random);
  phone.sync(world.cloud);
  visit(world, unit, random, phone, { wish: "carry", carries: true, online: true });
  world.clock.set(() => carriesOften(world, unit, random, everyMs, over), everyMs);
}

import { deliver, openDoor, type DoorAnswer } from "../../protocol/holder-session";
import type { Wish } from "../../protocol/phone-unlock";
import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { SimCloud } from "../cloud/sim-cloud";
import type { DoorUnit } from "../door-unit";
import type { LivingWorld } from "../living-world";
import { mixingHashes } from "../mixing-hashes";
import { runOverLink } from "./run-over-link";
import type { SimPhone } from "./sim-phone";
import type { ThinLink } from "./thin-air";

export interface VisitPlan {
  wish: Wish;
  /** Hands over what it carries for this door, and takes along what the door has. */
  carries: boolean;
  /** It has the internet while it is there: what the cloud answers is handed over at once. */
  online: boolean;
}

/** Somebody whose log is long empties it in rounds, but does not stay for ever. */
const ROUNDS_MAX = 6;
/** MTU 23, what most phones agree on, and the largest that there is. */
const PART_BYTES = [22, 184, 514, 514];

/**
 * Somebody holds a phone to a door.
 * @param onAnswer what the door said; undefined where it never did.
 */
export function visit(world: LivingWorld, unit: DoorUnit, random: VirtualRandom, phone: SimPhone, plan: VisitPlan, onAnswer: (answer: DoorAnswer | undefined) => void = () => {}): void {
  const { cloud, clock } = world;
  const desk = cloud.doors[unit.number]?.couriers;
  if (desk === undefined) return onAnswer(undefined);
  const handle = desk.handle(phone.holder, phone.nextCounter());
  const key = desk.keyOf(phone.holder);
  const phoneNonce = random.bytes(8);
  const prove = (bytes: Uint8Array): Uint8Array => mixingHashes.hmacSha256(key, bytes);
  unit.air.connect(partBytes(random), {
    onFailed: () => onAnswer(undefined),
    onLost: () => {},
    onConnected: (link) =>
      runOverLink(openDoor(cloud.doors[unit.number]!.id, { handle, phoneNonce, wish: plan.wish }), { clock, link, prove }, (answer) => {
        onAnswer(answer);
        if (plan.carries && answer?.proved === true) carry(link, phone.itemsFor(unit.number), ROUNDS_MAX);
        else link.leave();
      }),
  });

  function carry(link: ThinLink, items: readonly Uint8Array[], rounds: number): void {
    runOverLink(deliver(items), { clock, link, prove }, (delivery) => {
      if (delivery === undefined) return link.leave();
      if (delivery.delivered > 0) world.faults.add("carried to a door", delivery.delivered);
      if (!plan.online) {
        phone.took(unit.number, delivery.collected);
        return link.leave();
      }
      const answers = bring(cloud, unit, delivery.collected);
      // A receipt and a question there are each time.
      if (rounds > 0 && (rounds === ROUNDS_MAX || delivery.collected.length > 2)) carry(link, answers, rounds - 1);
      else link.leave();
    });
  }
}

export function partBytes(random: VirtualRandom): number {
  return PART_BYTES[random.below(PART_BYTES.length)];
}

function bring(cloud: SimCloud, unit: DoorUnit, items: readonly Uint8Array[]): Uint8Array[] {
  return cloud.receiveCarried(unit.number, items);
}

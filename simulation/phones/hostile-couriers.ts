import { concat } from "../../protocol/bytes";
import { DATA_BYTES_MAX, decodeDoorFrame, encodePhoneFrame, OFFERED_ITEMS_MAX, type DoorFrame, type PhoneFrame } from "../../protocol/courier-frame";
import { COURIER_HEADER_BYTES, CourierKind, decodeCourierHeader, encodeCourierHeader, type CourierHeader } from "../../protocol/courier-item";
import { deliver, openDoor, type HolderSession } from "../../protocol/holder-session";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits";
import type { ProtocolErrorCode } from "../../protocol/protocol-error";
import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import { mixingHashes } from "../mixing-hashes";
import { read, type Attack } from "./hostile-unlocks";
import { runOverLink } from "./run-over-link";
import type { SimPhone } from "./sim-phone";
import { partBytes } from "./visit";

/** One after the other: more than there would be room for, if it were not given back. */
const BREAKS = 12;
/** So many forgeries end a connection (SPEC 21.3). */
const FORGERIES_MAX = 2;
const FORGERY_CODES: readonly ProtocolErrorCode[] = ["bad-mac", "bad-signature"];
/** How a door may refuse an item that nobody sealed for it. */
const UNSEALED: readonly ProtocolErrorCode[] = ["bad-mac", "malformed", "too-large", "no-room"];
/** How it may refuse one that is not what was offered. */
const SWAPPED: readonly ProtocolErrorCode[] = ["malformed", "no-room"];

/** An item as it is offered, and what is sent for it. */
interface Pretence {
  header: CourierHeader;
  bytes: Uint8Array;
}

/** What couriers do that do not mean well. `attacker` is their own phone, which every door of the property takes as a courier. */
export const HOSTILE_COURIERS = {
  /** Whatever it ever had, of any door, in any order, several times over. */
  "old items carried": (attack) => {
    const { random, attacker, unit } = attack;
    const items = shuffled(random, [...attacker.hoard.filter(({ door }) => door === unit.number || random.chance(0.2)).flatMap((taken) => taken.items), ...attacker.itemsFor(unit.number)]);
    asCourier(attack, () => deliver([...items, ...items.slice(0, 4)].filter(isItem).slice(0, OFFERED_ITEMS_MAX)));
  },
  "items withheld": (attack) => {
    const { random } = attack;
    asCourier(attack, () => deliver(fresh(attack).filter(() => random.chance(0.4))));
  },
  "items of another door": (attack) => {
    const { world, unit } = attack;
    const other = world.units[(unit.number + 1) % world.units.length];
    if (other === unit) return;
    const items = fresh({ ...attack, unit: other });
    pretend(attack, items.map((bytes) => ({ header: wanted(attack, bytes), bytes: concat(encodeCourierHeader(wanted(attack, bytes)), bytes.subarray(COURIER_HEADER_BYTES)) })), UNSEALED);
  },
  "items spoilt": (attack) =>
    pretend(
      attack,
      fresh(attack).map((item) => {
        const bytes = spoilt(attack.random, item, COURIER_HEADER_BYTES);
        return { header: decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES)), bytes };
      }),
      UNSEALED,
    ),
  /** One item is offered and another one sent. */
  "items swapped": (attack) => {
    const items = fresh(attack);
    pretend(attack, items.map((bytes) => ({ header: { ...wanted(attack, bytes), version: wanted(attack, bytes).version + 1 }, bytes })), SWAPPED);
  },
  /** It takes its turn, and leaves or falls silent in the middle of an item. */
  "items broken off": (attack) => {
    const { world, random } = attack;
    for (let time = 0; time < BREAKS; time++) world.clock.set(() => breakOff(MESSAGE_BYTES_MAX >> (time % 6)), 900 * time);
    const breakOff = (length: number): void => asCourier(attack, function* () {
      // A list that is newer than any, and takes half of the room that is left.
      const made = concat(encodeCourierHeader({ kind: CourierKind.manifest, length, number: 0, version: world.cloud.now + 60 }), random.bytes(200));
      const items = random.chance(0.7) ? [made] : fresh(attack);
      let answer = yield* say({ type: "offer", headers: items.map(headerOf) });
      for (let parts = 0; answer.type === "want" && parts < 3; parts++) {
        const item = items[answer.index];
        const length = 1 + random.below(Math.min(DATA_BYTES_MAX, item.length - answer.offset));
        if (answer.offset + length >= item.length) break;
        answer = yield* say({ type: "data", index: answer.index, offset: answer.offset, bytes: item.slice(answer.offset, answer.offset + length) });
      }
      if (random.chance(0.2)) yield { do: "wait", milliseconds: 70_000 };
    });
  },
  /** Frames that make no sense here, or none at all. */
  "courier's nonsense": (attack) => {
    const { random } = attack;
    asCourier(attack, function* () {
      const items = fresh(attack);
      if (random.chance(0.5) && items.length > 0) yield* say({ type: "offer", headers: items.map(headerOf) });
      for (let frame = 0; frame < 10; frame++) {
        yield { do: "write", to: "courier", bytes: nonsense(random, items) };
        if (random.chance(0.6)) yield* read("courier");
      }
    });
  },
  /** Without having proved anything. */
  "courier unproved": (attack) => {
    const items = fresh(attack);
    overLink(attack, function* () {
      if (items.length === 0) return;
      const answer = yield* say({ type: "offer", headers: items.map(headerOf) });
      const given = yield* say({ type: "fetch", index: 0, offset: 0 });
      if (answer.type !== "done" || given.type !== "done") attack.world.fail("I9", "whoever has proved nothing is taken for a courier", attack.unit.number);
    });
  },
  /** It offers the same for as long as it is let, and its siblings wait. */
  "courier without end": (attack) => {
    asCourier(attack, function* () {
      for (let round = 0; round < 30; round++) {
        yield* say({ type: "offer", headers: fresh(attack).map(headerOf) });
        yield* say({ type: "fetch", index: 0, offset: 0 });
        yield { do: "wait", milliseconds: 2_400 };
      }
      attack.world.fail("I10", "a courier that never has enough is heard for more than a minute", attack.unit.number);
    });
  },
  /** To the cloud: what the door never said, said again, or said to another. */
  "lies brought to the cloud": ({ world, unit, random, attacker }) => {
    const { cloud, phones } = world;
    const { door, items } = attacker.hoard[random.below(Math.max(1, attacker.hoard.length))] ?? { door: 0, items: [] };
    for (const item of items) {
      const kind = item[1];
      const up = kind >= CourierKind.receipt;
      const again = item.slice();
      if (random.chance(0.4) && up) {
        cloud.receiveCarried(door, [again]);
        continue;
      }
      const lie = random.chance(0.5) ? spoilt(random, again, 0) : again;
      // As it was, at its own door, it is no lie.
      if (lie === again && up && door === unit.number) continue;
      phones.spoilt.add(lie);
      cloud.receiveCarried(unit.number, [lie]);
    }
  },
} satisfies Record<string, (attack: CourierAttack) => void>;
export type HostileCourier = keyof typeof HOSTILE_COURIERS;

export interface CourierAttack extends Omit<Attack, "victim"> {
  attacker: SimPhone;
}

/** What any phone gets of the cloud for this door now. */
function fresh({ world, unit }: Pick<CourierAttack, "world" | "unit">): Uint8Array[] {
  return world.cloud.doors[unit.number]!.bundle(world.cloud.now).slice(0, OFFERED_ITEMS_MAX);
}

function isItem(item: Uint8Array): boolean {
  return item[1] < CourierKind.receipt;
}

function headerOf(item: Uint8Array): CourierHeader {
  return decodeCourierHeader(item.subarray(0, COURIER_HEADER_BYTES));
}

/** A header that the door is likely to want, of the length that the item has. */
function wanted({ world, unit, random }: CourierAttack, item: Uint8Array): CourierHeader {
  const own = fresh({ world, unit }).map(headerOf);
  const { length } = headerOf(item);
  return own.length === 0 ? headerOf(item) : { ...own[random.below(own.length)], length };
}

function spoilt(random: VirtualRandom, item: Uint8Array, from: number): Uint8Array {
  const bytes = item.slice();
  bytes[from + random.below(bytes.length - from)] ^= 1 << random.below(8);
  return bytes;
}

function nonsense(random: VirtualRandom, items: readonly Uint8Array[]): Uint8Array {
  const item = items[random.below(Math.max(1, items.length))] ?? random.bytes(60);
  switch (random.below(6)) {
    case 0:
      return random.bytes(random.below(520));
    case 1:
      return encodePhoneFrame({ type: "data", index: random.below(4), offset: random.below(200), bytes: item.slice(0, 1 + random.below(DATA_BYTES_MAX)) });
    case 2:
      return encodePhoneFrame({ type: "fetch", index: random.below(256), offset: random.below(2_000) });
    case 3:
      return concat(Uint8Array.of(1, 1 + random.below(45)), random.bytes(12 * random.below(42)));
    case 4:
      return encodePhoneFrame({ type: "offer", headers: [{ kind: CourierKind.delta, length: random.below(8_193), number: random.below(2 ** 32), version: 2 ** 32 - 1 - random.below(4) }] });
    default:
      return encodePhoneFrame({ type: "data", index: 0, offset: 0, bytes: random.bytes(1 + random.below(DATA_BYTES_MAX)) });
  }
}

function* say(frame: PhoneFrame): HolderSession<DoorFrame> {
  yield { do: "write", to: "courier", bytes: encodePhoneFrame(frame) };
  return decodeDoorFrame(yield* read("courier"));
}

/** Offers one thing and sends another; how the door refuses it tells what it has looked at. */
function pretend(attack: CourierAttack, pretences: readonly Pretence[], codes: readonly ProtocolErrorCode[]): void {
  const { world, unit } = attack;
  asCourier(attack, function* () {
    let offered = [...pretences];
    let forgeries = 0;
    let frames = 0;
    let answer = yield* say({ type: "offer", headers: offered.map(({ header }) => header) });
    while (answer.type !== "done" && frames++ < 400) {
      if (answer.type === "want" && offered[answer.index] !== undefined) {
        const { index, offset } = answer;
        answer = yield* say({ type: "data", index, offset, bytes: offered[index].bytes.slice(offset, offset + DATA_BYTES_MAX) });
      } else if (answer.type === "wait") {
        yield { do: "wait", milliseconds: answer.milliseconds };
        answer = decodeDoorFrame(yield* read("courier"));
      } else if (answer.type === "refused") {
        const { index, code } = answer;
        if (!codes.includes(code)) return world.fail("I9", `an item that is not what it says is refused as ${code} only`, unit.number);
        if (FORGERY_CODES.includes(code) && ++forgeries > FORGERIES_MAX) return world.fail("I10", "a courier of forgeries is heard on", unit.number);
        offered = offered.filter((_, place) => place !== index);
        if (offered.length === 0) return;
        answer = yield* say({ type: "offer", headers: offered.map(({ header }) => header) });
      } else return;
    }
  });
}

function asCourier(attack: CourierAttack, session: () => HolderSession<unknown>): void {
  const { world, unit, random, attacker } = attack;
  const { id, couriers } = world.cloud.doors[unit.number]!;
  overLink(attack, function* () {
    const handle = couriers.handle(attacker.holder, attacker.nextCounter());
    const answer = yield* openDoor(id, { handle, phoneNonce: random.bytes(8), wish: "carry" });
    if (answer.proved) yield* session();
  });
}

function overLink({ world, unit, random, attacker }: CourierAttack, session: () => HolderSession<unknown>): void {
  const key = world.cloud.doors[unit.number]!.couriers.keyOf(attacker.holder);
  unit.air.connect(partBytes(random), {
    onFailed: () => {},
    onLost: () => {},
    onConnected: (link) => runOverLink(session(), { clock: world.clock, link, prove: (bytes) => mixingHashes.hmacSha256(key, bytes) }, () => link.leave()),
  });
}

function shuffled<T>(random: VirtualRandom, from: readonly T[]): T[] {
  const left = [...from];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(random.below(left.length), 1));
  return mixed;
}

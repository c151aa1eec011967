import { concat, equalBytes } from "../../protocol/bytes";
import type { DoorCharacteristic } from "../../protocol/gatt-names";
import type { HolderSession } from "../../protocol/holder-session";
import { MAC_BYTES } from "../../protocol/limits";
import { encodeResponseHead, responseProof, unansweredResult } from "../../protocol/phone-unlock";
import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { DoorUnit } from "../door-unit";
import type { LivingWorld } from "../living-world";
import { mixingHashes } from "../mixing-hashes";
import { runOverLink } from "./run-over-link";
import type { SimPhone } from "./sim-phone";
import type { ThinLink } from "./thin-air";
import { partBytes, visit } from "./visit";

/** Longer than a challenge lives, by the slowest clock. */
const CHALLENGE_OVER_MS = 5_100;
/** Shorter than the door waits for somebody who says nothing. */
const STIR_MS = 2_400;
/** Longer than the door bears with anybody. */
const SQUAT_MS = 90_000;
/** More than a keypad has free attempts. */
const STRANGERS = 8;
const RESULT_SILENCE = unansweredResult();

/** What an attacker does with a door by radio. Their credentials are a real phone's that somebody got hold of for a moment. */
export interface Attack {
  world: LivingWorld;
  unit: DoorUnit;
  random: VirtualRandom;
  /** Somebody's with a right at the door, or anybody's where there is none. */
  victim: SimPhone;
}

/** Each of them must come to nothing. */
export const HOSTILE_UNLOCKS = {
  /** A response that was heard before, at this door or another. */
  "unlock replayed": (attack) => {
    const { world, random, unit } = attack;
    const from = random.chance(0.7) ? unit : world.units[random.below(world.units.length)];
    const heard = from.air.heard[random.below(Math.max(1, from.air.heard.length))] as Uint8Array | undefined;
    if (heard !== undefined) unproved(attack, "a replayed response", () => heard);
  },
  "unlock with flipped bits": (attack) =>
    unproved(attack, "a changed response", (challenge) => {
      const response = respond(attack, challenge);
      response[attack.random.below(response.length)] ^= 1 << attack.random.below(8);
      return response;
    }),
  /** The key and the handle of one door at another. */
  "unlock of another door": (attack) => {
    const { world, unit } = attack;
    const other = world.units[(unit.number + 1) % world.units.length];
    if (other !== unit) unproved(attack, "another door's response", (challenge) => respond({ ...attack, unit: other }, challenge));
  },
  /** One half of one session, one half of another. */
  "unlock spliced": (attack) => {
    const { random, unit } = attack;
    const heard = unit.air.heard[random.below(Math.max(1, unit.air.heard.length))] as Uint8Array | undefined;
    if (heard === undefined || heard.length < MAC_BYTES) return;
    unproved(attack, "a spliced response", (challenge) => {
      const response = respond(attack, challenge);
      const at = random.chance(0.5) ? response.length - MAC_BYTES : 17;
      return concat(response.subarray(0, at), heard.subarray(at));
    });
  },
  /** To a challenge that was good once. */
  "unlock too late": (attack) => {
    const { random } = attack;
    unproved(attack, "a response that came too late", (challenge) => respond(attack, challenge), CHALLENGE_OVER_MS + random.below(4_000));
  },
  /** What is no response at all. */
  "unlock misshapen": (attack) => {
    const { random } = attack;
    unproved(attack, "what is no response", (challenge) => {
      const response = respond(attack, challenge);
      const shape = random.below(4);
      if (shape === 0) return response.slice(0, random.below(response.length));
      if (shape === 1) return concat(response, random.bytes(1 + random.below(600)));
      if (shape === 2) response[0] = 2 + random.below(250);
      else response[25] = [0, 0x0f, 0x21, 0x30, 0xff][random.below(5)];
      return response;
    });
  },
  /** The same response once more, on the connection on which it was good. */
  "unlock said twice": (attack) => {
    const { world, unit, random, victim } = attack;
    let response: Uint8Array | undefined;
    const session = function* (): HolderSession<Uint8Array> {
      response = respond(attack, yield* read("challenge"), "carry");
      yield { do: "write", to: "response", bytes: response };
      const first = yield* read("result");
      if (equalBytes(first, RESULT_SILENCE)) return first;
      if (random.chance(0.5)) yield* read("challenge");
      yield { do: "write", to: "response", bytes: response };
      return yield* read("result");
    };
    unheard({ world, unit, random, victim }, "a response said twice", session());
  },
  /** Phones that prove who they are, and stand in no list: their refusals are nobody else's. */
  "strangers ask": ({ world, unit, random }) => {
    const { clock, phones } = world;
    for (let time = 0; time < STRANGERS; time++) {
      clock.set(() => visit(world, unit, random, phones.carriers[time % phones.carriers.length], { wish: { unlock: 0 }, carries: false, online: false }), 700 * time);
    }
  },
  /** Everybody's place at the door is taken, by phones that say nothing. */
  "silent phones": (attack) => {
    for (let phone = 0; phone < 3; phone++) squat(attack, phone);
  },
} satisfies Record<string, (attack: Attack) => void>;
export type HostileUnlock = keyof typeof HOSTILE_UNLOCKS;

/** A whole response of the victim's phone to whatever challenge it is shown. */
export function respond({ world, unit, random, victim }: Attack, challenge: Uint8Array, wish: "carry" | "unlock" = "unlock"): Uint8Array {
  const books = world.cloud.doors[unit.number]!;
  const { holder } = victim;
  const head = encodeResponseHead({ handle: books.couriers.handle(holder, victim.nextCounter()), phoneNonce: random.bytes(8), wish: wish === "carry" ? "carry" : { unlock: 0 } });
  const mac = mixingHashes.hmacSha256(books.couriers.keyOf(holder), responseProof(books.id, challenge, head));
  return concat(head, mac.subarray(0, MAC_BYTES));
}

export function* read(from: DoorCharacteristic): HolderSession<Uint8Array> {
  return (yield { do: "read", from })!;
}

function unproved(attack: Attack, what: string, make: (challenge: Uint8Array) => Uint8Array, delayMs = 0): void {
  const session = function* (): HolderSession<Uint8Array> {
    const response = make(yield* read("challenge"));
    // Who says nothing at all is sent away before.
    for (let left = delayMs; left > 0; left -= STIR_MS) {
      yield { do: "wait", milliseconds: Math.min(left, STIR_MS) };
      yield* read("result");
    }
    yield { do: "write", to: "response", bytes: response };
    return yield* read("result");
  };
  unheard(attack, what, session());
}

/** The door must not answer to it; what it says before a proof is the same for everybody. */
function unheard({ world, unit, random }: Attack, what: string, session: HolderSession<Uint8Array>): void {
  unit.air.connect(partBytes(random), {
    onFailed: () => {},
    onLost: () => {},
    onConnected: (link) =>
      runOverLink(session, { clock: world.clock, link, prove: (bytes) => bytes }, (result) => {
        link.leave();
        if (result !== undefined && !equalBytes(result, RESULT_SILENCE)) world.fail("I9", `${what} is answered`, unit.number);
      }),
  });
}

/** @param style 0 says nothing, 1 reads the challenge and no more, 2 keeps stirring. */
function squat({ world, unit, random }: Attack, style: number): void {
  const { clock } = world;
  unit.air.connect(partBytes(random), {
    onFailed: () => {},
    onLost: () => {},
    onConnected: (link) => {
      if (style > 0) link.read("challenge", () => {});
      if (style > 1) stir(link);
      clock.set(() => {
        if (!link.alive) return;
        link.leave();
        world.fail("I10", "somebody who has nothing to say is connected for longer than a minute", unit.number);
      }, SQUAT_MS);
    },
  });

  function stir(link: ThinLink): void {
    clock.set(() => {
      if (!link.alive) return;
      link.read("challenge", () => {});
      stir(link);
    }, STIR_MS);
  }
}


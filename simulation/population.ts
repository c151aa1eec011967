import type { Window } from "../cloud/access/window";
import type { VirtualRandom } from "../hardware-sim/virtual-random";
import { toHex } from "../protocol/bytes";
import { CredentialKind } from "../protocol/credential";
import { HolderClass, NO_END } from "../protocol/profile";
import type { Credential, Right } from "./cloud/rights";

const DAY_SECONDS = 86_400;
/** As a serial reader says them. */
const CARD_BYTES = 5;
/** Of the credentials that speak by radio. */
const RADIO_ID_BYTES = 8;

/** That a PIN is asked for after it. */
const SECOND_PIN_CHANCES: Partial<Record<CredentialKind, number>> = { [CredentialKind.card]: 0.5, [CredentialKind.phone]: 0.2 };

/** Somebody with a credential and what it allows, at which doors. */
export interface Resident {
  credential: Credential;
  rights: Right[];
  doors: number[];
}

/** Draws the people of a world: who has which credential, at which doors, with which terms. */
export class Population {
  readonly people: Resident[] = [];
  readonly #random: VirtualRandom;
  readonly #doors: number;
  readonly #secrets = new Set<string>();
  #rights = 0;

  constructor(random: VirtualRandom, doors: number) {
    this.#random = random;
    this.#doors = doors;
  }

  /** @param now Unix seconds. */
  add(now: number, holderClass: HolderClass, doors = this.#someDoors()): Resident {
    const kind = this.#someKind();
    const credential: Credential = {
      number: this.people.length,
      kind,
      secret: this.#newSecret(kind),
      holderClass,
      secondPin: this.#random.chance(SECOND_PIN_CHANCES[kind] ?? 0) ? this.#newPin() : undefined,
      revokedAt: undefined,
    };
    const resident: Resident = { credential, rights: [], doors };
    resident.rights.push(this.#right(credential, now, doors.length));
    // A nanny of two flats: one PIN, two rights with hours of their own.
    if (holderClass === HolderClass.staff && this.#random.chance(0.3)) resident.rights.push(this.#right(credential, now, doors.length));
    this.people.push(resident);
    return resident;
  }

  /** Whose rights at a door are not taken back. */
  liveAt(door: number): Resident[] {
    return this.people.filter(({ credential, doors }) => credential.revokedAt === undefined && doors.includes(door));
  }

  revokedAt(door: number): Resident[] {
    return this.people.filter(({ credential, doors }) => credential.revokedAt !== undefined && doors.includes(door));
  }

  /** A PIN that nobody has. */
  strangersPin(): string {
    for (;;) {
      const pin = this.#digits();
      if (!this.#secrets.has(pin)) return pin;
    }
  }

  #someKind(): CredentialKind {
    const draw = this.#random.below(100);
    if (draw < 20) return CredentialKind.card;
    if (draw < 37) return CredentialKind.phone;
    return draw < 41 ? CredentialKind.fob : CredentialKind.pin;
  }

  #newSecret(kind: CredentialKind): string {
    if (kind === CredentialKind.pin) return this.#newPin();
    return toHex(this.#random.bytes(kind === CredentialKind.card ? CARD_BYTES : RADIO_ID_BYTES));
  }

  #right(credential: Credential, now: number, doors: number): Right {
    const random = this.#random;
    const { holderClass } = credential;
    const passing = holderClass !== HolderClass.resident;
    const maxUses = doors === 1 && passing && random.chance(0.35) ? 1 + random.below(3) : 0;
    const notBefore = passing && random.chance(0.2) ? now + random.below(3 * DAY_SECONDS) : 0;
    const notAfter = passing && random.chance(0.6) ? Math.max(now, notBefore) + DAY_SECONDS / 4 + random.below(12 * DAY_SECONDS) : NO_END;
    const hours = holderClass === HolderClass.staff || (passing && random.chance(0.2));
    return {
      id: `right ${this.#rights++}`,
      credential,
      terms: { notBefore, notAfter, windows: hours ? this.#windows() : [], maxUses },
      useCounter: 0,
      outputs: random.chance(0.04) ? 2 : 1,
      needsSecondPin: credential.secondPin !== undefined,
      duress: random.chance(0.05),
      suspended: random.chance(0.05),
      revokedAt: undefined,
    };
  }

  #windows(): Window[] {
    const random = this.#random;
    const start = 60 * random.below(24);
    const windows = [{ days: 1 + random.below(127), start, end: start + 60 * (4 + random.below(14)), onHolidays: random.chance(0.3) }];
    if (random.chance(0.3)) windows.push({ days: 1 + random.below(127), start: 0, end: Math.max(1, start - 60), onHolidays: false });
    return windows;
  }

  #someDoors(): number[] {
    if (this.#doors === 1 || this.#random.chance(0.3)) return [this.#random.below(this.#doors)];
    const doors: number[] = [];
    for (let door = 0; door < this.#doors; door++) doors.push(door);
    return doors;
  }

  #newPin(): string {
    const pin = this.strangersPin();
    this.#secrets.add(pin);
    return pin;
  }

  #digits(): string {
    let pin = "";
    for (let i = 0; i < 6; i++) pin += this.#random.below(10);
    return pin;
  }
}

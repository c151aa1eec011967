import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import { toHex } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";
import type { RadioKind } from "../../protocol/handle";
import type { Credential } from "../cloud/rights";
import { SimPhone } from "./sim-phone";

/** Accounts of the property that have no right by phone, and carry. */
const CARRIERS = 3;

/** The phones and fobs of a world. */
export class Phones {
  /** Phones without a row at any door. */
  readonly carriers: readonly SimPhone[];
  /** Items that somebody has changed: a cloud is right to refuse them. */
  readonly spoilt = new WeakSet<Uint8Array>();
  readonly #own = new Map<Credential, SimPhone>();
  readonly #phones: SimPhone[];

  constructor(random: VirtualRandom) {
    this.carriers = Array.from({ length: CARRIERS }, () => new SimPhone(CredentialKind.phone, toHex(random.bytes(8))));
    this.#phones = [...this.carriers];
  }

  /** @param credential of kind phone or fob. */
  of(credential: Credential): SimPhone {
    let phone = this.#own.get(credential);
    if (phone === undefined) {
      this.#own.set(credential, (phone = new SimPhone(credential.kind as RadioKind, credential.secret)));
      if (credential.kind === CredentialKind.phone) this.#phones.push(phone);
    }
    return phone;
  }

  /** Anybody's, whether they have a right, had one, or none. */
  any(random: VirtualRandom): SimPhone {
    return this.#phones[random.below(this.#phones.length)];
  }
}

/** Whether it speaks by radio. */
export function speaksByRadio(kind: CredentialKind): kind is RadioKind {
  return kind === CredentialKind.phone || kind === CredentialKind.fob;
}

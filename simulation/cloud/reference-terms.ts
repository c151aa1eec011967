import type { Window } from "../../cloud/access/window";
import { CredentialKind } from "../../protocol/credential";
import type { LockState } from "../../protocol/delta";
import { HolderClass, NO_END } from "../../protocol/profile";
import type { ReferenceClass, ReferenceKind, ReferenceList, ReferenceRight, ReferenceWindow } from "../reference/reference-list";
import type { Right } from "./rights";

/** What was issued, in the words of the reference model: told from what was ordered, never from bytes. */
export function referenceRight(right: Right): ReferenceRight {
  const { credential, terms } = right;
  return {
    id: right.id,
    kind: referenceKind(credential.kind),
    secret: credential.secret,
    holderClass: referenceClass(credential.holderClass),
    from: terms.notBefore,
    until: terms.notAfter === NO_END ? undefined : terms.notAfter,
    windows: terms.windows.map(referenceWindow),
    maxUses: terms.maxUses === 0 ? undefined : terms.maxUses,
    outputs: bitsOf(right.outputs),
    needsSecondPin: right.needsSecondPin,
    duress: right.duress,
    suspended: right.suspended,
  };
}

export function referenceWindow({ days, start, end, onHolidays }: Window): ReferenceWindow {
  return { days: bitsOf(days), start, end, onHolidays };
}

export function referenceKind(kind: CredentialKind): ReferenceKind {
  if (kind === CredentialKind.card) return "card";
  if (kind === CredentialKind.phone) return "phone";
  if (kind === CredentialKind.fob) return "fob";
  return kind === CredentialKind.unitPin ? "unit-pin" : "pin";
}

export function referenceClass(holderClass: HolderClass): ReferenceClass {
  if (holderClass === HolderClass.guest) return "guest";
  return holderClass === HolderClass.staff ? "staff" : "resident";
}

/** @param mask bit = class. */
export function referenceClasses(mask: number): ReferenceClass[] {
  return bitsOf(mask).map((bit) => referenceClass(bit as HolderClass));
}

export function referenceLock(state: LockState): ReferenceList["lock"] {
  return state === 0 ? "normal" : state === 1 ? "lock-down" : "hold-open";
}

export function bitsOf(mask: number): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 8; bit++) if ((mask >> bit) & 1) bits.push(bit);
  return bits;
}

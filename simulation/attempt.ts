import { CredentialKind } from "../protocol/credential";

/** Somebody presents something at a reader. */
export interface Attempt {
  kind: CredentialKind;
  /** Digits, or a number in hexadecimal. */
  secret: string;
  secondPin: string | undefined;
  /** ms of the world at which it began. */
  at: number;
}

/** Whether it is typed, not put to the reader. */
export function isTyped(kind: CredentialKind): boolean {
  return kind === CredentialKind.pin || kind === CredentialKind.unitPin;
}

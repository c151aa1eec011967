import { resolve } from "node:path";
import { z } from "zod";
import { StartupError } from "../startup-error";

/** Where the site's keys are, other than in the data folder. */
export interface KeySettings {
  /** The keystore itself, as JSON or in base64: a secret. undefined: the file in the data folder. */
  keystore?: string | undefined;
  /** Makes and keeps list and lease keys. undefined: they are sealed in the database. */
  token?: TokenSettings | undefined;
}

/** A token that speaks PKCS #11. */
export interface TokenSettings {
  /** Path of its library. */
  module: string;
  label: string;
  /** Secret. */
  pin: { value: string } | { file: string };
}

export const keyEnvironment = {
  LATCHKEY_KEYSTORE: z.string().min(1).optional(),
  LATCHKEY_PKCS11_MODULE: z.string().min(1).optional(),
  LATCHKEY_PKCS11_TOKEN: z.string().min(1).max(32, "a token's label of at most 32 characters").optional(),
  LATCHKEY_PKCS11_PIN: z.string().min(1).optional(),
  LATCHKEY_PKCS11_PIN_FILE: z.string().min(1).optional(),
};

/** @throws StartupError where settings do not fit together. */
export function keySettings(value: z.output<z.ZodObject<typeof keyEnvironment>>): KeySettings {
  return { keystore: value.LATCHKEY_KEYSTORE, token: tokenSettings(value) };
}

function tokenSettings({ LATCHKEY_PKCS11_MODULE: module, LATCHKEY_PKCS11_TOKEN: label, LATCHKEY_PKCS11_PIN: pin, LATCHKEY_PKCS11_PIN_FILE: file }: z.output<z.ZodObject<typeof keyEnvironment>>): TokenSettings | undefined {
  if (module === undefined && label === undefined && pin === undefined && file === undefined) return undefined;
  if (module === undefined || label === undefined) throw new StartupError("LATCHKEY_PKCS11_MODULE and LATCHKEY_PKCS11_TOKEN are set together: a token needs its library and its label.");
  if ((pin === undefined) === (file === undefined)) throw new StartupError("A token needs its PIN: either LATCHKEY_PKCS11_PIN_FILE or LATCHKEY_PKCS11_PIN.");
  return { module: resolve(module), label, pin: file === undefined ? { value: pin! } : { file: resolve(file) } };
}

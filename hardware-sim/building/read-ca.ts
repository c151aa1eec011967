import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { CA_BYTES_MAX } from "../../firmware/limits";
import { UsageError } from "./arguments";

/** @returns the DER of the one CA in a PEM file, as an installer pastes it. @throws {UsageError} */
export function readCa(file: string): Uint8Array {
  let der: Uint8Array;
  try {
    der = new Uint8Array(new X509Certificate(readFileSync(file)).raw);
  } catch (error) {
    throw new UsageError(`--ca: ${file} holds no certificate that can be read: ${(error as Error).message}`);
  }
  if (der.length > CA_BYTES_MAX) throw new UsageError(`--ca: boards keep certificates of at most ${CA_BYTES_MAX} bytes.`);
  return der;
}

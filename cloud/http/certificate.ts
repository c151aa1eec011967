import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Settings } from "../settings";
import { StartupError } from "../startup-error";

/** A certificate with its chain and its key, both PEM. */
export interface Certificate {
  cert: Buffer;
  key: Buffer;
}

/** @throws StartupError where a file cannot be read, is no PEM of its kind, or the key is another certificate's. */
export function readCertificate({ certificateFile, keyFile }: NonNullable<Settings["tls"]>): Certificate {
  const certificate = { cert: readPem("LATCHKEY_TLS_CERT", certificateFile), key: readPem("LATCHKEY_TLS_KEY", keyFile) };
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new StartupError(`LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY are not a certificate and its key: ${(error as Error).message.split("\n")[0]}`);
  }
  return certificate;
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartupError(`Cannot read the file of ${variable}: ${(error as Error).message}`);
  }
}

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { StartupError } from "../startup-error";

/** A certificate with its chain and its key, both PEM. */
export interface Certificate {
  cert: Buffer;
  key: Buffer;
}

/** Where a certificate is, and by which setting somebody has said so: `LATCHKEY_TLS` has `_CERT` and `_KEY`. */
export interface CertificateFiles {
  certificateFile: string;
  keyFile: string;
  /** Default `LATCHKEY_TLS`. */
  setting?: string;
}

/** @throws StartupError where a file cannot be read, is no PEM of its kind, or the key is another certificate's. */
export function readCertificate(files: CertificateFiles): Certificate {
  const setting = files.setting ?? "LATCHKEY_TLS";
  const certificate = { cert: readPem(`${setting}_CERT`, files.certificateFile), key: readPem(`${setting}_KEY`, files.keyFile) };
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new StartupError(`${setting}_CERT and ${setting}_KEY are not a certificate and its key: ${(error as Error).message.split("\n")[0]}`);
  }
  return certificate;
}

/** @returns Unix seconds from which nobody believes it any more. */
export function endOf({ cert }: Certificate): number {
  return Math.floor(Date.parse(new X509Certificate(cert).validTo) / 1_000);
}

/**
 * PEM texts of the CAs in a file.
 * @throws StartupError where it cannot be read or holds none.
 */
export function readAuthorities(variable: string, file: string): string[] {
  const texts = readPem(variable, file).toString("latin1").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (texts.length > 0 && texts.every((text) => new X509Certificate(text).ca)) return texts;
  } catch {
    // Said below: which line of it is wrong helps nobody.
  }
  throw new StartupError(`The file of ${variable} is to hold certificates of CAs in PEM, and nothing else.`);
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartupError(`Cannot read the file of ${variable}: ${(error as Error).message}`);
  }
}

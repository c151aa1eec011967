import type { Logger } from "pino";
import { CERTIFICATE_WARNING_DAYS } from "../limits";
import { endOf, readCertificate, type Certificate, type CertificateFiles } from "./certificate";

const DAY = 86_400;

/**
 * A certificate whose files are looked at again and again: whatever renews certificates writes them, and signals
 * nobody. A new pair that is no pair, or is over already, leaves the old one in use, and is said once.
 */
export class RenewedCertificate {
  readonly #files: CertificateFiles;
  readonly #log: Logger;
  readonly #onRenewed: ((certificate: Certificate) => void)[] = [];
  #current: Certificate;
  /** What was found last: bytes of both files, or why there were none. */
  #seen: string;
  #warnedAt = -Infinity;

  /** @throws StartupError as `readCertificate`. */
  constructor(files: CertificateFiles, log: Logger) {
    this.#files = files;
    this.#log = log;
    this.#current = readCertificate(files);
    this.#seen = fingerprint(this.#current);
  }

  get current(): Certificate {
    return this.#current;
  }

  /** Unix seconds. */
  get notAfter(): number {
    return endOf(this.#current);
  }

  onRenewed(use: (certificate: Certificate) => void): void {
    this.#onRenewed.push(use);
  }

  /** @param now Unix seconds. */
  look(now: number): void {
    this.#take(now);
    const left = this.notAfter - now;
    if (left > CERTIFICATE_WARNING_DAYS * DAY || now - this.#warnedAt < DAY) return;
    this.#warnedAt = now;
    const { certificateFile } = this.#files;
    if (left > 0) this.#log.warn({ certificateFile, daysLeft: Math.floor(left / DAY) }, "a certificate ends soon, and has not been renewed");
    else this.#log.error({ certificateFile }, "a certificate has ended: nobody will connect until it is renewed");
  }

  #take(now: number): void {
    let found: Certificate;
    try {
      found = readCertificate(this.#files);
    } catch (error) {
      return this.#refuse((error as Error).message, (error as Error).message);
    }
    const seen = fingerprint(found);
    if (seen === this.#seen) return;
    if (endOf(found) <= now) return this.#refuse(seen, "the new certificate has ended already");
    this.#seen = seen;
    this.#current = found;
    for (const use of this.#onRenewed) use(found);
    this.#log.info({ certificateFile: this.#files.certificateFile, until: new Date(this.notAfter * 1_000).toISOString() }, "a renewed certificate is in use");
  }

  #refuse(seen: string, reason: string): void {
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#log.error({ certificateFile: this.#files.certificateFile, reason, until: new Date(this.notAfter * 1_000).toISOString() }, "a renewed certificate cannot be used: the one before stays");
  }
}

function fingerprint({ cert, key }: Certificate): string {
  return `${cert.toString("latin1")}\n${key.toString("latin1")}`;
}

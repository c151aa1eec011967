import { readFileSync } from "node:fs";
import { createTransport, type Transporter } from "nodemailer";
import { SEND_MS } from "../limits";
import { StartupError } from "../startup-error";
import type { SmtpSettings } from "./message-settings";
import type { Attempt, Outgoing, Sender } from "./sender";

/** E-mails by SMTP (RFC 5321). A password crosses a network only inside TLS; on this machine it may go without. */
export class SmtpSender implements Sender {
  readonly #transport: Transporter;
  readonly #from: string;
  readonly #host: string;

  /** @throws StartupError where the certificates cannot be read. */
  constructor({ url, from, ca }: SmtpSettings) {
    const server = new URL(url);
    const secure = server.protocol === "smtps:";
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(server.hostname);
    const user = decodeURIComponent(server.username);
    this.#from = from;
    this.#host = /@([^<>\s]+?)>?$/.exec(from)![1];
    this.#transport = createTransport({
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port === "" ? (secure ? 465 : 587) : Number(server.port),
      secure,
      requireTLS: !secure && !isLocal && user !== "",
      ...(ca !== undefined && { tls: { ca: readAuthorities(ca) } }),
      ...(user !== "" && { auth: { user, pass: decodeURIComponent(server.password) } }),
      ...{ connectionTimeout: SEND_MS, greetingTimeout: SEND_MS, socketTimeout: SEND_MS, dnsTimeout: SEND_MS },
      // Nothing in a message names a file or an address to fetch.
      ...{ disableFileAccess: true, disableUrlAccess: true },
    });
  }

  async send({ id, to, subject, text }: Outgoing): Promise<Attempt> {
    try {
      await this.#transport.sendMail({
        from: this.#from,
        // As an object it is one address, whatever characters are in it.
        to: { name: "", address: to },
        ...{ subject, text },
        messageId: `<${id}@${this.#host}>`,
        headers: { "auto-submitted": "auto-generated" }, // RFC 3834: no out-of-office answers
      });
      return { outcome: "sent" };
    } catch (error) {
      return attemptOf(error as SmtpError);
    }
  }
}

function readAuthorities(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartupError(`LATCHKEY_SMTP_CA: cannot read ${path}: ${(error as Error).message}`);
  }
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  command?: string;
}

/** RFC 5321 §4.2.1: 5yz will not get better by itself, 4yz may. Of a 5yz, only one about the recipient or the message is the message's own. */
function attemptOf({ code = "unknown", responseCode, command = "" }: SmtpError): Attempt {
  if (responseCode === undefined) return { outcome: "unreachable", problem: `smtp ${code.toLowerCase()}` };
  const problem = `smtp ${responseCode}`;
  if (!/^(RCPT TO|DATA)/.test(command)) return { outcome: "unreachable", problem };
  return { outcome: responseCode >= 500 ? "refused" : "failed", problem };
}

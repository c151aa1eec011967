import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer as createSecureServer, TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import type { ExecutionContext } from "ava";

/** An e-mail as a server took it. */
export interface TakenMail {
  from: string;
  to: string;
  /** Header fields, names in lower case, unfolded. */
  headers: Map<string, string>;
  /** Decoded. */
  text: string;
}

/** What the server answers to RCPT, and whether it answers at all; tests change it while it runs. */
export interface MailServerMood {
  recipient(address: string): string;
  /** Hangs up as soon as somebody connects. */
  hangsUp: boolean;
}

/** How it speaks TLS: from the first byte, or after STARTTLS (RFC 3207). A password is taken inside only. */
export interface MailServerTls {
  cert: string;
  key: string;
  from: "connecting" | "starttls";
}

/** A small SMTP server (RFC 5321) on a socket of its own. */
export class MailServer {
  readonly mails: TakenMail[] = [];
  /** Every line of every client. */
  readonly said: string[] = [];
  /** … of those that came inside TLS. */
  readonly saidInside: string[] = [];
  readonly mood: MailServerMood = { recipient: () => "250 ok", hangsUp: false };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  readonly #tls: MailServerTls | undefined;

  private constructor(tls: MailServerTls | undefined) {
    this.#tls = tls;
    this.#server = tls?.from === "connecting" ? createSecureServer(tls, (socket) => this.#talk(socket)) : createServer((socket) => this.#talk(socket));
    this.#server.on("tlsClientError", () => undefined);
  }

  static async start(t: ExecutionContext, port = 0, host = "127.0.0.1", tls?: MailServerTls): Promise<MailServer> {
    const server = new MailServer(tls);
    await new Promise<void>((resolve) => server.#server.listen(port, host, resolve));
    t.teardown(() => server.stop());
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp${this.#tls?.from === "connecting" ? "s" : ""}://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** @param greets not again after STARTTLS. */
  #talk(socket: Socket, greets = true): void {
    if (this.mood.hangsUp) return void socket.destroy();
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    const say = (line: string) => void socket.write(`${line}\r\n`);
    let buffer = "";
    let data: string[] | undefined;
    let from = "";
    let to = "";
    socket.setEncoding("utf8");
    if (greets) say("220 test");
    const inside = socket instanceof TLSSocket;
    socket.on("data", (part: string) => {
      buffer += part;
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        this.said.push(line);
        if (inside) this.saidInside.push(line);
        if (data !== undefined) {
          if (line === ".") {
            this.mails.push({ from, to, ...parseMail(data) });
            data = undefined;
            say("250 taken");
          } else data.push(line.replace(/^\./, ""));
        } else if (/^(EHLO|HELO) /.test(line)) say(inside ? "250-test\r\n250 AUTH PLAIN" : this.#tls === undefined ? "250 test" : "250-test\r\n250 STARTTLS");
        else if (line === "STARTTLS" && this.#tls !== undefined && !inside) {
          socket.removeAllListeners("data");
          socket.write("220 go\r\n", () => this.#talk(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(this.#tls) }), false));
          return;
        } else if (line.startsWith("AUTH PLAIN ") && inside) say("235 welcome");
        else if (line.startsWith("MAIL FROM:")) say(((from = line.slice(11, line.indexOf(">"))), "250 ok"));
        else if (line.startsWith("RCPT TO:")) say(this.mood.recipient((to = line.slice(9, line.indexOf(">")))));
        else if (line === "DATA") say(((data = []), "354 go"));
        else if (line === "QUIT") socket.end("221 bye\r\n");
        else say("502 not here");
      }
    });
  }
}

function parseMail(lines: readonly string[]): Pick<TakenMail, "headers" | "text"> {
  const blank = lines.indexOf("");
  const headers = new Map<string, string>();
  for (const field of lines.slice(0, blank).join("\n").replace(/\n[ \t]+/g, " ").split("\n")) {
    const colon = field.indexOf(":");
    headers.set(field.slice(0, colon).toLowerCase(), decodeWords(field.slice(colon + 1).trim()));
  }
  const body = lines.slice(blank + 1).join("\r\n");
  const encoding = headers.get("content-transfer-encoding");
  const bytes = encoding === "base64" ? Buffer.from(body, "base64") : encoding === "quoted-printable" ? quotedPrintable(body.replace(/=\r\n/g, "")) : Buffer.from(body, "utf8");
  return { headers, text: bytes.toString("utf8").replaceAll("\r\n", "\n") };
}

/** RFC 2047. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) => (/b/i.test(kind) ? Buffer.from(word, "base64") : quotedPrintable(word.replaceAll("_", " "))).toString("utf8"));
}

function quotedPrintable(text: string): Buffer {
  return Buffer.from(text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), "latin1");
}

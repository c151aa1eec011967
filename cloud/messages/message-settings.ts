import { z } from "zod";
import { StartupError } from "../startup-error";
import type { Channels } from "./channels";

export interface MessageSettings {
  /** "outbox": e-mails are kept for GET /messages. */
  mail: SmtpSettings | "outbox";
  /** "none": nothing goes to phones, and they are refused (A3). */
  sms: GatewaySettings | "outbox" | "none";
}

export interface SmtpSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. Secret. */
  url: string;
  /** The address that e-mails come from, with a name or without. */
  from: string;
  /** Path of PEM certificates that the server's is checked against; undefined = those that Node trusts. */
  ca?: string | undefined;
}

/** Any gateway that takes one HTTP request for one text message. `{to}`, `{text}` and `{id}` are filled in. */
export interface GatewaySettings {
  /** Where it has `{text}` itself, the request is a GET without a body. Secret. */
  url: string;
  /** Secret. */
  headers: Record<string, string>;
  /** JSON by default; filled in as its content-type wants it. */
  body: string;
}

/** Secrets are in these: texts of problems name the variable only. */
export const messageEnvironment = {
  LATCHKEY_SMTP_URL: z
    .string()
    .refine((text) => hasScheme(text, ["smtp:", "smtps:"]), "smtp://user:password@host:port or smtps://…")
    .optional(),
  LATCHKEY_MAIL_FROM: z
    .string()
    .max(320)
    .regex(/^([^<>@\r\n"]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, "an e-mail address such as latchkey@example.org or Latchkey <latchkey@example.org>")
    .optional(),
  LATCHKEY_SMTP_CA: z.string().min(1).optional(),
  LATCHKEY_SMS_URL: z
    .string()
    .refine((text) => text === "none" || text === "outbox" || hasScheme(text, ["http:", "https:"]), "the gateway's http or https address, outbox, or none")
    .default("none"),
  LATCHKEY_SMS_HEADERS: z
    .string()
    .refine((text) => readHeaders(text) !== undefined, "a JSON object of header names and values")
    .default("{}"),
  LATCHKEY_SMS_BODY: z.string().min(1).default('{"to":"{to}","text":"{text}"}'),
};

/** @throws StartupError where settings do not fit together. */
export function messageSettings(value: z.output<z.ZodObject<typeof messageEnvironment>>): MessageSettings {
  const { LATCHKEY_SMTP_URL: url, LATCHKEY_MAIL_FROM: from, LATCHKEY_SMTP_CA: ca, LATCHKEY_SMS_URL: sms } = value;
  if ((url === undefined) !== (from === undefined)) throw new StartupError("LATCHKEY_SMTP_URL and LATCHKEY_MAIL_FROM are set together: e-mails need a server and an address that they come from.");
  return {
    mail: url === undefined ? "outbox" : { url, from: from!, ...(ca !== undefined && { ca }) },
    sms: sms === "none" || sms === "outbox" ? sms : { url: sms, headers: readHeaders(value.LATCHKEY_SMS_HEADERS)!, body: value.LATCHKEY_SMS_BODY },
  };
}

export function channelsOf({ mail, sms }: MessageSettings): Channels {
  return { email: mail === "outbox" ? "outbox" : "sender", sms: typeof sms === "string" ? sms : "sender" };
}

function hasScheme(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol) && new URL(text).hostname !== "";
}

function readHeaders(text: string): Record<string, string> | undefined {
  try {
    const headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[\x20-\x7e]*$/)).parse(JSON.parse(text));
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  } catch {
    return undefined;
  }
}

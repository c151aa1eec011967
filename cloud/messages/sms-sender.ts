import { SEND_MS } from "../limits";
import type { GatewaySettings } from "./message-settings";
import type { Attempt, Outgoing, Sender } from "./sender";

/** Text messages by one HTTP request each, as the settings describe it to any gateway. */
export class SmsSender implements Sender {
  readonly #settings: GatewaySettings;
  readonly #isGet: boolean;

  constructor(settings: GatewaySettings) {
    this.#settings = settings;
    // URL parsers encode braces.
    this.#isGet = settings.url.includes("{text}");
  }

  async send(message: Outgoing): Promise<Attempt> {
    const { url, headers, body } = this.#settings;
    const contentType = headers["content-type"] ?? "application/json";
    try {
      const response = await fetch(fill(url, message, encodeURIComponent), {
        method: this.#isGet ? "GET" : "POST",
        headers: { ...headers, "idempotency-key": message.id, ...(!this.#isGet && { "content-type": contentType }) },
        ...(!this.#isGet && { body: fill(body, message, encodingOf(contentType)) }),
        // A gateway that moves is for its customer to follow: the request holds credentials.
        redirect: "manual",
        signal: AbortSignal.timeout(SEND_MS),
      });
      await response.body?.cancel();
      return attemptOf(response.status);
    } catch (error) {
      return { outcome: "unreachable", problem: `gateway ${codeOf(error)}` };
    }
  }
}

/** RFC 9110 §15. Wrong credentials or a wrong address are the site's to mend: the messages wait for it. */
function attemptOf(status: number): Attempt {
  if (status >= 200 && status < 300) return { outcome: "sent" };
  const problem = `gateway ${status}`;
  if (status === 400 || status === 413 || status === 422) return { outcome: "refused", problem };
  return { outcome: status === 429 || status >= 500 ? "failed" : "unreachable", problem };
}

type Encode = (text: string) => string;

/** One pass, so that nothing in a text is taken for a placeholder. */
function fill(template: string, message: Outgoing, encode: Encode): string {
  return template.replace(/\{(to|text|id)\}/g, (_, name: "to" | "text" | "id") => encode(message[name]));
}

function encodingOf(contentType: string): Encode {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return encodeURIComponent;
  if (/\bjson\b/i.test(contentType)) return (text) => JSON.stringify(text).slice(1, -1);
  if (/\bxml\b/i.test(contentType)) return (text) => text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return (text) => text;
}

/** Without the address, which may hold a password. */
function codeOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  return (cause?.code ?? name).toLowerCase();
}

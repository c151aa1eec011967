import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

export interface LightAnswer {
  status: number;
  body: Uint8Array;
}

const SOCKETS = 32;
const ANSWER_MS = 60_000;
const ATTEMPTS = 8;
const BUSY = [429, 503];
/** A connection that the cloud closes while the next request is already on its way. */
const BROKEN = ["ECONNRESET", "EPIPE"];

/** The cloud's HTTP side for a whole fleet: a few connections that stay open. */
export class LightHttp {
  readonly base: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  /** @param ca PEM of the authority that signs the cloud's certificate; the system's otherwise. */
  constructor(base: URL, ca?: string) {
    this.base = base;
    const options = { keepAlive: true, maxSockets: SOCKETS };
    this.#agent = base.protocol === "https:" ? new HttpsAgent({ ...options, ...(ca !== undefined && { ca }) }) : new HttpAgent(options);
  }

  /**
   * Asks again, a little later, where the cloud says that it is busy, and where a connection breaks: whatever a fleet
   * says counts once, however often it is said. @throws where nobody answers.
   */
  async post(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<LightAnswer> {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === ATTEMPTS;
      const { answer, after } = await this.#once(path, body, headers).catch((error: NodeJS.ErrnoException) => {
        if (last || !BROKEN.includes(error.code ?? "")) throw error;
        return { answer: undefined, after: 1 };
      });
      if (answer !== undefined && (last || !BUSY.includes(answer.status))) return answer;
      await new Promise((resolve) => setTimeout(resolve, 1_000 * after * (0.5 + Math.random())));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #once(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<{ answer: LightAnswer; after: number }> {
    const request = this.base.protocol === "https:" ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.base), { method: "POST", agent: this.#agent, timeout: ANSWER_MS, headers: { ...headers, "content-length": Buffer.byteLength(body) } }, (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => resolve({ answer: { status: response.statusCode!, body: new Uint8Array(Buffer.concat(parts)) }, after: Number(response.headers["retry-after"]) || 1 }));
      });
      sent.on("timeout", () => sent.destroy(new Error("the cloud does not answer")));
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

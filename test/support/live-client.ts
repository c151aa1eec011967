import { request, type ClientRequest, type IncomingMessage } from "node:http";
import type { ExecutionContext } from "ava";
import type { Json } from "./cloud-rig";

/** A reader of server-sent events (HTML §9.2), on a connection of its own. */
export class LiveClient {
  /** The documents of its events, oldest first. */
  readonly documents: Json[] = [];
  /** How often the server said that it was still there. */
  beats = 0;
  ended = false;
  readonly #sent: ClientRequest;
  readonly #answer: IncomingMessage;
  #buffer = "";

  private constructor(sent: ClientRequest, answer: IncomingMessage) {
    this.#sent = sent;
    this.#answer = answer;
    answer.setEncoding("utf8");
    answer.on("data", (part: string) => this.#take(part));
    answer.on("close", () => (this.ended = true));
    answer.on("error", () => (this.ended = true));
  }

  /** @returns undefined, and the status, where there is no stream. */
  static async open(t: ExecutionContext, url: string, headers: Record<string, string>): Promise<{ status: number; headers: IncomingMessage["headers"]; client: LiveClient }> {
    const sent = request(url, { headers, agent: false });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.on("response", resolve);
      sent.on("error", reject);
      sent.end();
    });
    sent.on("error", () => undefined);
    const client = new LiveClient(sent, answer);
    t.teardown(() => client.close());
    return { status: answer.statusCode!, headers: answer.headers, client };
  }

  get last(): Json {
    return this.documents.at(-1);
  }

  /** Reads no more, and keeps the connection. */
  stall(): void {
    this.#answer.pause();
  }

  resume(): void {
    this.#answer.resume();
  }

  close(): void {
    this.#sent.destroy();
  }

  #take(part: string): void {
    this.#buffer += part;
    for (let end = this.#buffer.indexOf("\n\n"); end >= 0; end = this.#buffer.indexOf("\n\n")) {
      const block = this.#buffer.slice(0, end).split("\n");
      this.#buffer = this.#buffer.slice(end + 2);
      const field = (name: string) => block.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (block.every((line) => line.startsWith(":"))) this.beats += 1;
      else if (field("event") === "truth") this.documents.push(JSON.parse(field("data")!));
      else throw new Error(`not an event of ours: ${block.join("\n")}`);
    }
  }
}

import { z } from "zod";
import { BROKER_ANSWER_MS } from "../../limits";

/** Mosquitto's plugin for logins and rights is spoken to in JSON over these topics. */
export const SECURITY_TOPIC = "$CONTROL/dynamic-security/v1";
export const SECURITY_ANSWERS = `${SECURITY_TOPIC}/response`;

/** One command, in the plugin's words. */
export type SecurityCommand = { command: string } & Record<string, unknown>;

export interface SecurityAnswer {
  command: string;
  /** Why not, in the plugin's words: `Client already exists`. */
  error?: string | undefined;
  data?: unknown;
}

const answersSchema = z.object({ responses: z.array(z.object({ command: z.string(), error: z.string().optional(), data: z.unknown().optional(), correlationData: z.string().optional() })) });

/**
 * Asks Mosquitto's dynamic security (2.0 and later). Everybody who may ask hears all answers, so each question has a
 * number of its own.
 */
export class DynamicSecurity {
  readonly #publish: (topic: string, payload: Uint8Array) => Promise<boolean>;
  readonly #from: string;
  readonly #open = new Map<string, { resolve(answers: SecurityAnswer[]): void; reject(error: Error): void }>();
  #asked = 0;

  /** @param from names the asker, as no other is named. */
  constructor(publish: (topic: string, payload: Uint8Array) => Promise<boolean>, from: string) {
    this.#publish = publish;
    this.#from = from;
  }

  /**
   * The commands are done one after the other; an error of one does not keep the others from being done.
   * @returns an answer to each. @throws Error where none comes: nobody knows then what was done.
   */
  async ask(commands: readonly SecurityCommand[]): Promise<SecurityAnswer[]> {
    const correlationData = `${this.#from}/${++this.#asked}`;
    const answered = new Promise<SecurityAnswer[]>((resolve, reject) => this.#open.set(correlationData, { resolve, reject }));
    const timer = setTimeout(() => this.#end(correlationData, new Error("Mosquitto's dynamic security does not answer: is the plugin there, and may the cloud's login use it?")), BROKER_ANSWER_MS);
    try {
      const text = JSON.stringify({ commands: commands.map((command) => ({ ...command, correlationData })) });
      if (!(await this.#publish(SECURITY_TOPIC, Buffer.from(text, "utf8")))) this.#end(correlationData, new Error("the broker is away"));
      return await answered;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param payload of SECURITY_ANSWERS. */
  receive(payload: Uint8Array): void {
    let parsed: unknown;
    try {
      parsed = JSON.parse(Buffer.from(payload).toString("utf8"));
    } catch {
      return;
    }
    const result = answersSchema.safeParse(parsed);
    if (!result.success) return;
    const { responses } = result.data;
    const correlationData = responses[0]?.correlationData ?? "";
    const open = this.#open.get(correlationData);
    this.#open.delete(correlationData);
    open?.resolve(responses);
  }

  /** The connection is gone, and with it the answers. */
  lost(): void {
    for (const correlationData of [...this.#open.keys()]) this.#end(correlationData, new Error("the connection to the broker was lost"));
  }

  #end(correlationData: string, error: Error): void {
    const open = this.#open.get(correlationData);
    this.#open.delete(correlationData);
    open?.reject(error);
  }
}

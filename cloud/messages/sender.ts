/** One message on its way to a server. */
export interface Outgoing {
  /** The same at every attempt: servers that know it can drop the second of two. */
  id: string;
  /** Normalised address or E.164 number. */
  to: string;
  /** "" for text messages. */
  subject: string;
  text: string;
}

/**
 * What became of an attempt. `problem` is a word or a number of ours: what servers answer may repeat what was in the
 * message. `refused`: this message will never go; `unreachable`: no message would have gone.
 */
export type Attempt = { outcome: "sent" } | { outcome: "refused" | "failed" | "unreachable"; problem: string };

/** Hands messages to a server. It never throws for what servers and networks do. */
export interface Sender {
  send(message: Outgoing): Promise<Attempt>;
}

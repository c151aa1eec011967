/**
 * How a program in XS and its host on the PC talk: a message is the name of an operation (its length in one byte,
 * then ASCII) and a body; an answer is one byte, `DONE` or `THREW`, and what the operation gave or, as JSON, the
 * `WireError`. Runs on both sides.
 */
export const DONE = 0;
export const THREW = 1;

export interface WireError {
  message: string;
  stack: string;
  /** Of errors that carry one, such as ProtocolError. */
  code?: string;
}

export function encodeCall(name: string, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + name.length + body.length);
  message[0] = name.length;
  for (let i = 0; i < name.length; i++) message[1 + i] = name.charCodeAt(i);
  message.set(body, 1 + name.length);
  return message;
}

export function decodeCall(message: Uint8Array): { name: string; body: Uint8Array } {
  const end = 1 + message[0];
  let name = "";
  for (let i = 1; i < end; i++) name += String.fromCharCode(message[i]);
  return { name, body: message.subarray(end) };
}

export function encodeAnswer(status: number, body: Uint8Array): Uint8Array {
  const answer = new Uint8Array(1 + body.length);
  answer[0] = status;
  answer.set(body, 1);
  return answer;
}

export function wireError(thrown: unknown): WireError {
  const error = thrown as { message?: unknown; stack?: unknown; code?: unknown } | null | undefined;
  if (typeof error !== "object" || error === null) return { message: String(thrown), stack: "" };
  const told: WireError = { message: String(error.message), stack: String(error.stack) };
  if (typeof error.code === "string") told.code = error.code;
  return told;
}

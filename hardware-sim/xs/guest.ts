/** What a program that runs in XS needs to talk with the PC. Runs in XS only. */
import { decodeCall, DONE, encodeAnswer, encodeCall, THREW, type WireError, wireError } from "./wire";

/** Left by the prelude (xs-program.ts), which takes everything out of the globals that an ESP32 has not. */
interface Hooks {
  issueCommand(request: ArrayBuffer): ArrayBuffer;
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}
declare const globalThis: { latchkeyHooks: Hooks; handleCommand(message: ArrayBuffer): ArrayBuffer };

const hooks = globalThis.latchkeyHooks;

/** An operation throws what the host shall see as an error. */
export type GuestOperation = (body: Uint8Array) => Uint8Array | void;

/** UTF-8, as the host sends and expects it. */
export const toUtf8 = (text: string): Uint8Array => hooks.encode(text);
export const fromUtf8 = (bytes: Uint8Array): string => hooks.decode(bytes);

/**
 * Asks the host and waits for its answer.
 * @throws {Error} with the host's message.
 */
export function callHost(name: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const answer = new Uint8Array(hooks.issueCommand(exactBuffer(encodeCall(name, body))));
  const result = answer.subarray(1);
  if (answer[0] === DONE) return result;
  throw new Error((JSON.parse(fromUtf8(result)) as WireError).message);
}

/** Makes these the operations that the host can call. Called once, by the program's entry. */
export function serve(operations: Record<string, GuestOperation>): void {
  globalThis.handleCommand = (message) => {
    try {
      const { name, body } = decodeCall(new Uint8Array(message));
      const operation = operations[name];
      if (operation === undefined) throw new Error(`the program has no operation "${name}"`);
      return exactBuffer(encodeAnswer(DONE, operation(body) ?? new Uint8Array(0)));
    } catch (error) {
      return exactBuffer(encodeAnswer(THREW, toUtf8(JSON.stringify(wireError(error)))));
    }
  };
}

/** xsnap takes whole ArrayBuffers only; encodeCall and encodeAnswer make arrays that fill theirs. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}

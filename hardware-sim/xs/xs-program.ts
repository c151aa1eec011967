import { decodeCall, DONE, encodeAnswer, encodeCall, THREW, type WireError, wireError } from "./wire";
import type { XsBundle } from "./xs-bundle";
import { XsEngine, type XsEngineOptions, type XsReply } from "./xs-engine";
import type { XsHeap } from "./snapshot-measure";

/** What the PC does for a program in XS, by name. Throwing becomes an Error inside. */
export type HostOperations = Record<string, (body: Uint8Array) => Uint8Array | Promise<Uint8Array>>;

/** Thrown by an operation of the program; `stack` names the source lines. */
export class XsProgramError extends Error {
  override readonly name = "XsProgramError";
  constructor(
    message: string,
    stack: string,
    readonly code: string | undefined,
  ) {
    super(message);
    this.stack = stack;
  }
}

/**
 * Runs before the program. xsnap brings globals that no ESP32 has; with them a program would work here that fails
 * on a door, so they go (what the guest module needs it finds in `latchkeyHooks`).
 */
const PRELUDE = `{
  const { issueCommand, TextEncoder, TextDecoder } = globalThis;
  const encoder = new TextEncoder(), decoder = new TextDecoder();
  globalThis.latchkeyHooks = {
    issueCommand,
    encode: (text) => encoder.encode(text),
    decode: (bytes) => decoder.decode(bytes),
  };
  for (const name of ["issueCommand", "TextEncoder", "TextDecoder", "Base64", "performance", "print", "setImmediate",
    "gc", "currentMeterLimit", "resetMeter", "harden"]) delete globalThis[name];
}`;

/** A bundled program in an engine of its own; its entry must `serve` its operations (guest.ts). */
export class XsProgram {
  private constructor(
    private readonly engine: XsEngine,
    private readonly bundle: XsBundle,
  ) {}

  /** @throws {XsUnavailableError} no XS here; {XsUncaughtError} the program threw while loading. */
  static async start(bundle: XsBundle, host: HostOperations = {}, options: XsEngineOptions = {}): Promise<XsProgram> {
    const engine = new XsEngine({ ...options, onHostCall: (request) => answer(host, request) });
    try {
      await engine.evaluate(PRELUDE);
      await engine.evaluate(bundle.script);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return new XsProgram(engine, bundle);
  }

  /**
   * Calls one of the program's operations.
   * @throws {XsProgramError} what it threw; {XsDeadError} the engine ended.
   */
  async call(name: string, body: Uint8Array = new Uint8Array(0)): Promise<XsReply> {
    const { reply, meters } = await this.engine.deliver(encodeCall(name, body));
    const result = reply.subarray(1);
    if (reply[0] === DONE) return { reply: result, meters };
    const error = JSON.parse(Buffer.from(result).toString("utf8")) as WireError;
    throw new XsProgramError(error.message, this.bundle.explainStack(error.stack), error.code);
  }

  /** What lives in the engine now, garbage not counted. */
  heap(): Promise<XsHeap> {
    return this.engine.heap();
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

function answer(host: HostOperations, request: Uint8Array): Uint8Array | Promise<Uint8Array> {
  const failed = (error: unknown): Uint8Array => encodeAnswer(THREW, Buffer.from(JSON.stringify(wireError(error))));
  try {
    const { name, body } = decodeCall(request);
    const operation = host[name];
    if (operation === undefined) throw new Error(`the host has no operation "${name}"`);
    const result = operation(body);
    if (result instanceof Uint8Array) return encodeAnswer(DONE, result);
    return result.then((bytes) => encodeAnswer(DONE, bytes), failed);
  } catch (error) {
    return failed(error);
  }
}

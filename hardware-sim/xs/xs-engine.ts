import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { findXsWorker } from "./find-worker";
import { encodeNetstring, NetstringReader } from "./netstring";
import { type XsHeap, SnapshotMeasure } from "./snapshot-measure";

/** What one message cost the engine. */
export interface XsMeters {
  /** XS's own unit: about one per byte code, more for what loops in C. Deterministic. */
  compute: number;
  /** Bytes that the engine has reserved from the PC since it started; grows in steps of megabytes. */
  allocate: number;
  /** Slots in use, garbage included where it was not collected yet (see `heap()` for what lives). */
  slots: number;
}

export interface XsReply {
  reply: Uint8Array;
  meters: XsMeters;
}

/** Answers what a program asks with `issueCommand`; the engine waits meanwhile. */
export type HostCallHandler = (request: Uint8Array) => Uint8Array | Promise<Uint8Array>;

export interface XsEngineOptions {
  onHostCall?: HostCallHandler;
  /** `compute` after which a single message ends the engine; a loop without end must not hang a test. */
  computeLimit?: number;
  /** Buffer of the parser, KiB. */
  parserBufferKiB?: number;
}

/** Everything that the C side can hold in its int. */
const COMPUTE_LIMIT = 2_000_000_000;
const PARSER_BUFFER_KIB = 8 * 1024;
/** How much of what a dying worker wrote is repeated in the error. */
const OUTPUT_TAIL_CHARACTERS = 4_000;

/** Exit codes of xsnap-worker.c. */
const EXIT_MEANING: Record<number, string> = {
  1: "bad usage",
  2: "input/output error",
  11: "out of memory",
  12: "stack overflow",
  15: "unhandled exception",
  16: "no more keys",
  17: "compute limit reached",
};

/** The program threw and nothing in it caught; the engine goes on. */
export class XsUncaughtError extends Error {
  override readonly name = "XsUncaughtError";
}

/** The engine's process ended, or spoke nonsense; everything asked of it from now on fails like this. */
export class XsDeadError extends Error {
  override readonly name = "XsDeadError";
}

interface Waiting {
  resolve(reply: XsReply): void;
  reject(error: Error): void;
}

/**
 * One XS machine: the engine of an ESP32 as a process of this PC. Speaks the netstrings of `xsnap-worker`
 * (its file descriptor 3 takes messages, 4 gives them): `e` evaluates a script, `?` calls the program's global
 * `handleCommand(ArrayBuffer)`, `.{meters}\1reply` or `!message` answers, and a `?` that comes meanwhile is the
 * program's own synchronous question, answered with `/`. Messages wait for one another, so callers need not.
 *
 * @agoric/xsnap's own JavaScript is not used: it wants SES lockdown in the process that loads it.
 */
export class XsEngine {
  private readonly process: ChildProcess;
  private readonly input: Writable;
  private readonly snapshot: SnapshotMeasure;
  private waiting: Waiting | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private death: XsDeadError | undefined;
  private closing = false;
  private output = "";
  private readonly exited: Promise<void>;

  /** @throws {XsUnavailableError} where the worker is missing. */
  constructor(private readonly options: XsEngineOptions = {}) {
    const limit = options.computeLimit ?? COMPUTE_LIMIT;
    const parserBuffer = options.parserBufferKiB ?? PARSER_BUFFER_KIB;
    this.process = spawn(findXsWorker(), ["latchkey", "-l", `${limit}`, "-s", `${parserBuffer}`], {
      // 5 and 6 are the debugger and the profiler, 7 takes snapshots.
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "ignore", "ignore", "pipe"],
    });
    const streams = this.process.stdio as unknown as [null, Readable, Readable, Writable, Readable, null, null, Readable];
    for (const stream of [streams[1], streams[2]]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output = (this.output + text).slice(-OUTPUT_TAIL_CHARACTERS);
      });
    }
    this.input = streams[3];
    // A worker that is gone breaks the pipe; its exit says more.
    this.input.on("error", () => {});
    const reader = new NetstringReader((message) => this.receive(message));
    streams[4].on("data", (data: Buffer) => {
      try {
        reader.push(data);
      } catch (error) {
        this.die(`spoke nonsense: ${(error as Error).message}`);
      }
    });
    this.snapshot = new SnapshotMeasure(streams[7]);
    this.exited = new Promise((resolve) => {
      this.process.on("error", (error) => {
        this.die(`could not be started: ${error.message}`);
        resolve();
      });
      // `close` and not `exit`: by then all that it wrote has arrived.
      this.process.on("close", (code, signal) => {
        if (!this.closing) this.die(signal ? `was killed by ${signal}` : `ended: ${EXIT_MEANING[code ?? 0] ?? `code ${code}`}`);
        resolve();
      });
    });
  }

  /**
   * Evaluates a script in the global scope.
   * @throws {XsUncaughtError} what it threw; {XsDeadError}.
   */
  evaluate(script: string): Promise<XsReply> {
    return this.send(Buffer.from("e"), Buffer.from(script, "utf8"));
  }

  /**
   * Calls the program's `handleCommand` with these bytes and gives what it returns.
   * @throws {XsUncaughtError} what it threw; {XsDeadError}.
   */
  deliver(message: Uint8Array): Promise<XsReply> {
    return this.send(Buffer.from("?"), message);
  }

  /** Collects the garbage and measures what lives. Slow (a snapshot is written): for measurements. */
  async heap(): Promise<XsHeap> {
    const measured = this.snapshot.next();
    await this.send(Buffer.from("w@7"));
    return measured;
  }

  /** Ends the process and waits for it. */
  async close(): Promise<void> {
    this.closing = true;
    this.die("was closed");
    this.input.end();
    this.process.kill();
    await this.exited;
  }

  private send(...parts: Uint8Array[]): Promise<XsReply> {
    const sent = this.queue.then(
      () =>
        new Promise<XsReply>((resolve, reject) => {
          if (this.death !== undefined) return reject(this.death);
          this.waiting = { resolve, reject };
          this.input.write(encodeNetstring(...parts));
        }),
    );
    this.queue = sent.catch(() => {});
    return sent;
  }

  private receive(message: Buffer): void {
    const kind = String.fromCharCode(message[0] ?? 0);
    if (kind === "?") {
      this.answerHostCall(message.subarray(1));
      return;
    }
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting === undefined) this.die("answered what nobody asked");
    else if (kind === ".") waiting.resolve(parseReply(message));
    else if (kind === "!") waiting.reject(new XsUncaughtError(message.toString("utf8", 1)));
    else {
      this.waiting = waiting;
      this.die(`answered with an unknown message "${kind}"`);
    }
  }

  private answerHostCall(request: Buffer): void {
    const handler = this.options.onHostCall;
    if (handler === undefined) return this.die("called a host that has nothing to offer");
    // The handler runs at once where it can: its answer is all the worker waits for.
    let answer: Uint8Array | Promise<Uint8Array>;
    try {
      answer = handler(request);
    } catch (error) {
      return this.die(`asked what the host could not answer: ${String(error)}`);
    }
    Promise.resolve(answer).then(
      (bytes) => this.input.write(encodeNetstring(Buffer.from("/"), bytes)),
      (error) => this.die(`asked what the host could not answer: ${String(error)}`),
    );
  }

  private die(how: string): void {
    if (this.death === undefined) {
      const tail = this.output.trim();
      this.death = new XsDeadError(`the XS engine ${how}${tail ? `; it said:\n${tail}` : ""}`);
      this.process.kill();
    }
    this.waiting?.reject(this.death);
    this.waiting = undefined;
    this.snapshot.fail(this.death);
  }
}

/** `.` meters as JSON, byte 1, reply (xsnap-worker.c, fxWriteOkay). */
function parseReply(message: Buffer): XsReply {
  const separator = message.indexOf(1);
  if (separator < 0) return { reply: message.subarray(1), meters: { compute: 0, allocate: 0, slots: 0 } };
  const json = JSON.parse(message.toString("utf8", 1, separator)) as {
    compute: number;
    allocate: number;
    currentHeapCount: number;
  };
  return {
    // A copy: the reply must not keep the stream's buffer alive or change with it.
    reply: Uint8Array.from(message.subarray(separator + 1)),
    meters: { compute: json.compute, allocate: json.allocate, slots: json.currentHeapCount },
  };
}

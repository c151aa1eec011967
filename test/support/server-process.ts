import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { createInterface } from "node:readline";

/** A program that serves a test: it keeps the test's process from nothing. Whoever starts it ends it. */
export class ServerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves at the first line of its standard error that says that it serves. @throws Error with what it said, where it ends before. */
  static async start(program: string, parameters: readonly string[], serves: (line: string) => boolean, options: Pick<SpawnOptions, "cwd" | "uid" | "gid"> = {}): Promise<ServerProcess> {
    const child = spawn(program, parameters, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface(child.stderr);
    await new Promise<void>((resolve, reject) => {
      let said = "";
      lines.on("line", (line) => {
        said = `${said}${line}\n`.slice(-2_000);
        if (serves(line)) resolve();
      });
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`${program} ended: ${said}`)));
    });
    child.unref();
    (child.stderr as unknown as { unref(): void }).unref();
    return new ServerProcess(child);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** At the end of the test's process, when there is no waiting. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended, which it may have before. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.ref();
    this.#child.kill(signal);
    await ended;
  }
}

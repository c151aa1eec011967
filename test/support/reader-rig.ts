import type { Flash } from "../../firmware/device";
import { Readers } from "../../firmware/reader/readers";
import type { EntryRules } from "../../firmware/reader/key-entry";
import type { ReaderPort } from "../../firmware/reader/reader-port";
import { TypingHold } from "../../firmware/typing-hold";
import { Uptime } from "../../firmware/uptime";
import { WorkQueue } from "../../firmware/work-queue";
import { readerPins } from "../../hardware-sim/board-pins";
import { VirtualBoard, type VirtualBoardOptions } from "../../hardware-sim/virtual-board";
import type { VirtualReaderWiring } from "../../hardware-sim/wired-reader";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import type { VirtualReader } from "../../hardware-sim/virtual-reader";
import { toHex } from "../../protocol/bytes";
import { CredentialKind } from "../../protocol/credential";

/** Readers of a board without a door behind them: what they hand on is kept as text. */
export class ReaderRig {
  readonly clock = new VirtualClock();
  readonly board: VirtualBoard;
  readonly rules: EntryRules = { pinDigits: 6, unitNumbers: false };
  /** Such as `pin 123456`, `unit 12*123456 (12)`, `card d41b81`, `second 4711`, `second none`; of reader 1 `1: pin 123456`. */
  readonly heard: string[] = [];
  /** Reader that asks for a second PIN after each card. */
  promptAfterCards = false;
  readers!: Readers;
  queue!: WorkQueue;
  flash!: Flash;

  constructor(readers: readonly VirtualReaderWiring[] = [{ kind: "serial" }], options: Partial<VirtualBoardOptions> = {}) {
    this.board = new VirtualBoard({ flashBlocks: 8, ...options, clock: this.clock, readers });
    this.board.start((device) => {
      this.flash = device.flash.open({ path: "latchkey" });
      const uptime = new Uptime(() => device.ticks());
      this.readers = new Readers({
        device,
        rules: () => this.rules,
        listener: {
          onCredential: (reader, { kind, value, unit }) => {
            if (kind === CredentialKind.card) {
              this.#hear(reader, `card ${toHex(value)}`);
              if (this.promptAfterCards) reader.promptSecond!();
            } else if (kind === CredentialKind.unitPin) {
              this.#hear(reader, `unit ${text(value)} (${text(unit!)})`);
            } else {
              this.#hear(reader, `pin ${text(value)}`);
            }
          },
          onSecondPin: (reader, digits) => this.#hear(reader, `second ${digits === undefined ? "none" : text(digits)}`),
        },
      });
      const hold = new TypingHold(() => this.readers.entering, () => uptime.milliseconds);
      this.queue = new WorkQueue(
        device.timer,
        (error) => {
          throw error;
        },
        () => hold.holds,
      );
    });
  }

  /** The only reader, or one of several, as people have it before them. */
  reader<T extends VirtualReader>(index = 0): T {
    return this.board.readers[index] as T;
  }

  /** Lets keys and frames that are on their way arrive. */
  settle(milliseconds = 2_000): void {
    this.clock.advance(milliseconds);
  }

  /** What has been heard since the last time this was asked. */
  news(): string[] {
    return this.heard.splice(0);
  }

  /** When LED and buzzer of a reader changed since an instant: `led 0`, `led- 1000`, `buzzer 0` …, times from there. */
  shown(index: number, since: number): string[] {
    const { led, buzzer } = readerPins(index);
    const changes = [["led", led] as const, ["buzzer", buzzer] as const].flatMap(([name, pin]) =>
      this.board.pins
        .timeline(pin)
        .filter(({ at }) => at >= since)
        .map(({ at, value }) => ({ at, text: `${name}${value ? "" : "-"} ${at - since}` })),
    );
    return changes.sort((a, b) => a.at - b.at).map((change) => change.text);
  }

  #hear(reader: ReaderPort, what: string): void {
    this.heard.push(reader.index === 0 ? what : `${reader.index}: ${what}`);
  }
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

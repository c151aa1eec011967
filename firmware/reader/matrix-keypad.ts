import type { MatrixReaderWiring, Timers, TimerHandle } from "../device";
import { MATRIX_SCAN_MS } from "../limits";
import { MATRIX_COLUMNS, MATRIX_ROWS, MatrixScan } from "./matrix-scan";
import { PinGroup } from "./pin-group";
import type { ReaderDriver, ReaderInput } from "./reader";

const ALL_RELEASED = (1 << MATRIX_ROWS) - 1;
const ALL_LOW = 0;
const KEYS = "123456789*0#";
/** Scans without any contact after which the keypad rests: longer than contacts bounce, and than edges wait to be told. */
const EMPTY_SCANS = 3;

/**
 * Twelve keys scanned by JavaScript. At rest all rows are driven low and the falling edge of a column begins a scan
 * each 10 ms, until no key is down. Rows are open drain: two keys in one column join two rows, and neither may then
 * drive against the other.
 *
 * What other work takes from JavaScript is taken from the scan: a press that is over before the longest slice or
 * erase is (45 ms and more) is not seen. The edge is, afterwards, and then the person is told to begin again: nothing
 * is lost silently. While an entry is under way nothing is erased, so this can hit its first key alone.
 */
export class MatrixKeypad implements ReaderDriver {
  readonly #input: ReaderInput;
  readonly #timers: Timers;
  readonly #rows: PinGroup;
  readonly #columns: PinGroup;
  readonly #scan = new MatrixScan();
  #timer: TimerHandle | undefined;
  /** Whether the edge that began this has led to a key, or to saying that it was unclear. */
  #told = true;
  #emptyScans = 0;

  /** @throws Error where the wiring is not 4 × 3: an image like that must not run. */
  constructor(wiring: MatrixReaderWiring, input: ReaderInput, timers: Timers) {
    const { io, rows, columns } = wiring;
    if (rows.length !== MATRIX_ROWS || columns.length !== MATRIX_COLUMNS) throw new Error("matrix keypad: not 4 rows and 3 columns");
    this.#input = input;
    this.#timers = timers;
    this.#rows = new PinGroup({ io, pins: rows, mode: io.OutputOpenDrain });
    this.#rows.write(ALL_LOW);
    this.#columns = new PinGroup({ io, pins: columns, mode: io.InputPullUp, onFalling: () => this.#fell() });
    // A key that is held at boot makes no edge.
    this.#tick();
  }

  get reading(): boolean {
    return this.#timer !== undefined;
  }

  #fell(): void {
    // Scanning makes edges too.
    if (this.#timer !== undefined) return;
    this.#told = false;
    this.#emptyScans = 0;
    this.#tick();
  }

  #tick(): void {
    const seen = this.#look();
    // Low again between scans: a key that goes down after the last one makes an edge.
    this.#rows.write(ALL_LOW);
    const result = this.#scan.feed(seen);
    this.#told ||= result.kind !== "nothing";
    this.#emptyScans = seen === 0 ? this.#emptyScans + 1 : 0;
    const rests = this.#emptyScans >= EMPTY_SCANS;
    this.#timer = rests ? undefined : this.#timers.set(() => this.#tick(), MATRIX_SCAN_MS);
    if (result.kind === "pressed") this.#input.key(KEYS.charCodeAt(result.key));
    else if (result.kind === "unclear" || (rests && !this.#told)) this.#input.unreadable();
  }

  /** @returns the keys that make contact now: bit 3 × row + column. */
  #look(): number {
    let seen = 0;
    for (let row = 0; row < MATRIX_ROWS; row++) {
      this.#rows.write(ALL_RELEASED & ~(1 << row));
      const high = this.#columns.read();
      for (let column = 0; column < MATRIX_COLUMNS; column++) {
        if (((high >> column) & 1) === 0) seen |= 1 << (MATRIX_COLUMNS * row + column);
      }
    }
    return seen;
  }
}

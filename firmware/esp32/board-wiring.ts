import type { OutputWiring } from "../device";

/** GPIO numbers of one reader's parts; which are needed depends on its kind. */
export interface ReaderPins {
  kind: "serial" | "wiegand" | "matrix";
  /** Mask of the outputs that it may move; default: all. */
  outputs?: number;
  led?: number;
  buzzer?: number;
  /** serial: UART number, GPIO, baud. */
  port?: number;
  receive?: number;
  transmit?: number;
  baud?: number;
  /** wiegand: the lines D0 and D1. */
  data0?: number;
  data1?: number;
  /** matrix: 4 rows and 3 columns. */
  rows?: number[];
  columns?: number[];
}

/** What is wired to which GPIO of an ESP32: `wiring` of manifest.json's `config`. */
export interface BoardWiring {
  outputs: OutputWiring[];
  readers: ReaderPins[];
  contact: number;
  requestToExit: number;
  service?: number;
  /** I²C of the clock chip. */
  clock?: { data: number; clock: number };
}

const PIN_MAX = 39;
const OUTPUTS_MAX = 4;
const READERS_MAX = 4;
/** They move while the chip starts, or decide how it starts. */
const STRAPPING = [0, 2, 5, 12, 15];
/** The flash. */
const FLASH_FIRST = 6;
const FLASH_LAST = 11;
/** The console. */
const CONSOLE = [1, 3];
/** From here on: inputs only, and without a pull-up inside. */
const INPUT_ONLY = 34;

type Use = "relay" | "output" | "input" | "pulled-up";

/**
 * Looks at a wiring before anything is switched.
 * @throws Error that names the pin and what is wrong: an image with a wiring like that must not run.
 */
export function checkWiring(wiring: BoardWiring): void {
  const { outputs, readers, contact, requestToExit, service, clock } = wiring;
  const used = new Map<number, string>();
  const need = (pin: number | undefined, what: string, use: Use): void => {
    if (pin === undefined || !Number.isInteger(pin) || pin < 0 || pin > PIN_MAX) throw new Error(`wiring: ${what} has no GPIO`);
    const fault = faultOf(pin, use);
    if (fault !== undefined) throw new Error(`wiring: ${what} on GPIO ${pin}, ${fault}`);
    const other = used.get(pin);
    if (other !== undefined) throw new Error(`wiring: GPIO ${pin} is both ${other} and ${what}`);
    used.set(pin, what);
  };
  if (outputs.length < 1 || outputs.length > OUTPUTS_MAX) throw new Error("wiring: one to four outputs");
  if (readers.length > READERS_MAX) throw new Error("wiring: at most four readers");
  outputs.forEach(({ pin, lock }, index) => {
    if (lock !== "fail-secure" && lock !== "fail-safe") throw new Error(`wiring: output ${index} is neither fail-secure nor fail-safe`);
    need(pin, `output ${index}`, "relay");
  });
  need(contact, "door contact", "input");
  need(requestToExit, "request-to-exit", "pulled-up");
  if (service !== undefined) need(service, "service button", "pulled-up");
  if (clock !== undefined) {
    need(clock.data, "clock data", "output");
    need(clock.clock, "clock clock", "output");
  }
  readers.forEach((reader, index) => checkReader(reader, `reader ${index}`, outputs.length, need));
}

function checkReader(reader: ReaderPins, name: string, outputs: number, need: (pin: number | undefined, what: string, use: Use) => void): void {
  const { kind, led, buzzer, outputs: mask } = reader;
  if (mask !== undefined && (!Number.isInteger(mask) || mask < 1 || mask >= 1 << outputs)) throw new Error(`wiring: ${name} moves outputs that are not there`);
  if (led !== undefined) need(led, `${name} LED`, "output");
  if (buzzer !== undefined) need(buzzer, `${name} buzzer`, "output");
  if (kind === "serial") {
    if (reader.port === undefined || reader.port < 1 || reader.port > 2) throw new Error(`wiring: ${name} needs UART 1 or 2`);
    if (reader.baud === undefined || reader.baud < 300) throw new Error(`wiring: ${name} has no baud rate`);
    need(reader.receive, `${name} receive`, "input");
    if (reader.transmit !== undefined) need(reader.transmit, `${name} transmit`, "output");
  } else if (kind === "wiegand") {
    need(reader.data0, `${name} D0`, "pulled-up");
    need(reader.data1, `${name} D1`, "pulled-up");
  } else if (kind === "matrix") {
    if (reader.rows?.length !== 4 || reader.columns?.length !== 3) throw new Error(`wiring: ${name} needs 4 rows and 3 columns`);
    for (const row of reader.rows) need(row, `${name} row`, "output");
    for (const column of reader.columns) need(column, `${name} column`, "pulled-up");
  } else throw new Error(`wiring: ${name} is of no kind`);
}

function faultOf(pin: number, use: Use): string | undefined {
  if (pin >= FLASH_FIRST && pin <= FLASH_LAST) return "where the flash is";
  if (CONSOLE.includes(pin)) return "where the console is";
  // The other uses only risk that the board does not start; a relay would open the door while it does.
  if (use === "relay" && STRAPPING.includes(pin)) return "which moves while the chip starts";
  if (pin >= INPUT_ONLY && use !== "input") return use === "pulled-up" ? "which has no pull-up" : "which is an input only";
  return undefined;
}

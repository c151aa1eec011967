/** Where the board's wires go. Numbers mean nothing beyond telling pins apart. */
export const PIN = { strike: 16, contact: 17, requestToExit: 18, led: 19, buzzer: 21, service: 22 } as const;
/** Relays of outputs 0 to 3. */
export const OUTPUT_PINS = [PIN.strike, 23, 25, 26] as const;

/** Pins of a reader's LED and buzzer. */
export function readerPins(index: number): { led: number; buzzer: number } {
  return index === 0 ? { led: PIN.led, buzzer: PIN.buzzer } : { led: 40 + 2 * index, buzzer: 41 + 2 * index };
}

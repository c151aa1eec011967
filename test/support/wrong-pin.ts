/** A PIN that is none of these, as long as the first. */
export function wrong(...pins: string[]): string {
  for (let number = 0; ; number++) {
    const candidate = String(number).padStart(pins[0].length, "0");
    if (!pins.includes(candidate)) return candidate;
  }
}

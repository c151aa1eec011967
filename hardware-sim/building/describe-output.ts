import { OUTPUT_PINS, readerPins } from "../board-pins";
import type { LogSource } from "./building-log";

/**
 * What somebody at the door sees when a pin of the board changes.
 * @param readers how many there are; the second is for cards.
 * @returns undefined where that is nothing, as the end of a beep.
 */
export function describeOutput(pin: number, value: 0 | 1, readers: number): { source: LogSource; text: string } | undefined {
  const output = OUTPUT_PINS.findIndex((relay) => relay === pin);
  if (output === 0) return { source: "strike", text: value ? "relay energised: the door can be opened" : "relay released: locked" };
  if (output > 0) return { source: "strike", text: `relay of output ${output} ${value ? "energised" : "released"}` };
  for (let reader = 0; reader < readers; reader++) {
    const { led, buzzer } = readerPins(reader);
    const which = reader > 0 ? "card reader: " : "";
    if (pin === led) return { source: "reader", text: `${which}LED ${value ? "green" : "off"}` };
    if (pin === buzzer && value) return { source: "reader", text: `${which}beep` };
  }
  return undefined;
}

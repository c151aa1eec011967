import { fromHex } from "../../protocol/bytes";

/** Bytes of the cards that a Wiegand reader knows: 26, 34 and 37 bits. */
const CARD_BYTES = [3, 4, 5];

/** @returns the bytes of a card's number; undefined for what no card of this reader has. */
export function cardOf(hex: string): Uint8Array | undefined {
  const card = fromHex(hex.toLowerCase());
  if (card === undefined || !CARD_BYTES.includes(card.length)) return undefined;
  // 37 bits are 35 of a number.
  return card.length === 5 && card[0] > 7 ? undefined : card;
}

import { compareBytes, join } from "./bytes";

/**
 * What a delta must say so that `base` becomes `target`: both sorted rows of 8 bytes.
 * @returns numbers of the base rows that are gone, and the new rows in order.
 */
export function diffRows(base: readonly Uint8Array[], target: readonly Uint8Array[]): { tombstones: Uint16Array; added: Uint8Array } {
  const tombstones: number[] = [];
  const added: Uint8Array[] = [];
  let at = 0;
  base.forEach((row, number) => {
    while (at < target.length && compareBytes(target[at], row) < 0) added.push(target[at++]);
    if (at < target.length && compareBytes(target[at], row) === 0) at += 1;
    else tombstones.push(number);
  });
  for (; at < target.length; at++) added.push(target[at]);
  return { tombstones: Uint16Array.from(tombstones), added: join(added) };
}

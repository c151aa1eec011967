/** A reader as people have it before them, however it is wired. */
export interface VirtualReader {
  /** Called at each key, heard or not. */
  onKey: ((key: string) => void) | undefined;
  /**
   * Presses keys, `0`–`9`, `*` and `#`.
   * @param gapMs between one key and the next; 0 = as fast as this reader can take them.
   */
  type(keys: string, gapMs?: number): void;
  /**
   * Puts a card to it.
   * @param value the bytes that the door shall see: 3, 4 or 5 for Wiegand, 5 for a serial reader.
   * @throws Error where the reader takes no such card.
   */
  presentCard(value: Uint8Array): void;
}

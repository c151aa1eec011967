/** What XS uses of its heap now, and has used at the most since the start: bytes. In C: memory-use.c beside this file. */
export class MemoryUse {
  static chunkBytes(): number {
    return native("xs_latchkey_chunk_bytes").call(this) as number;
  }
  static chunkBytesPeak(): number {
    return native("xs_latchkey_chunk_bytes_peak").call(this) as number;
  }
  static slotBytes(): number {
    return native("xs_latchkey_slot_bytes").call(this) as number;
  }
  static slotBytesPeak(): number {
    return native("xs_latchkey_slot_bytes_peak").call(this) as number;
  }
}

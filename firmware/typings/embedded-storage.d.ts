/** Storage of the Moddable SDK (modules/io/flash, modules/io/storage), which @moddable/typings 5.6.0 does not know. */
declare module "embedded:storage/flash" {
  export class Flash {
    read(byteLength: number, byteOffset: number): ArrayBuffer;
    write(buffer: ArrayBuffer | Uint8Array, byteOffset: number): void;
    eraseBlock(start: number, end?: number): void;
    status(): { size: number; blocks: number; blockLength: number };
    close(): void;
  }
  const FlashStorage: { open(options: { path: string; mode?: "r" | "r+" }): Flash };
  export default FlashStorage;
}

declare module "embedded:storage/key-value" {
  export class Storage {
    read(key: string): ArrayBuffer | string | number | bigint;
    write(key: string, value: ArrayBuffer | Uint8Array | string | number | bigint): void;
    delete(key: string): void;
    close(): void;
  }
  const KeyValueStorage: { open(options: { path: string; format?: "buffer"; mode?: "r" | "r+" }): Storage };
  export default KeyValueStorage;
}

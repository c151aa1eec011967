/** Over-the-air update of the Moddable SDK (modules/io/update), which @moddable/typings 5.6.0 does not know. */
declare module "embedded:update" {
  import type { Flash } from "embedded:storage/flash";
  export interface Update {
    write(bytes: ArrayBuffer | Uint8Array): void;
    complete(): void;
    close(): void;
  }
  const Updates: { open(options: { partition: Flash; byteLength?: number }): Update };
  export default Updates;
}

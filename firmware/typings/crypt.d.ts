/** Digests of the Moddable SDK (modules/crypt/digest), which @moddable/typings 5.6.0 does not know. */
declare module "crypt" {
  export class Digest {
    constructor(type: "SHA1" | "SHA256" | "SHA512");
    write(message: string | ArrayBuffer): void;
    close(): ArrayBuffer;
  }
}

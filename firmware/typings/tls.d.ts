/** The SDK's TLS from within (modules/crypt), as far as firmware/esp32/tls replaces parts of it. No typings know it. */
declare module "x509" {
  interface PublicKey {
    /** RSA */
    modulus?: bigint;
    exponent?: bigint;
    /** ECDSA */
    pub?: object;
    curve?: object;
  }
  const X509: {
    decode(der: Uint8Array): { tbs: Uint8Array; algo: { toString(): string }; sig: Uint8Array; spki: Uint8Array };
    decodeTBS(tbs: Uint8Array): { validity: { from: number; to: number } };
    decodeSPKI(der: Uint8Array): PublicKey;
    decodeSAN(der: Uint8Array): { tag: number; value: string | ArrayBuffer }[] | undefined;
  };
  export default X509;
}

declare module "ber" {
  export default class BER {
    constructor(bytes: Uint8Array);
    getSequence(): Uint8Array;
    getInteger(): bigint;
  }
}

declare module "ecdsa" {
  export default class ECDSA {
    constructor(publicKey: object, curve: object);
    /** @param asn1 the signature is DER. */
    verify(hash: ArrayBuffer, signature: Uint8Array, asn1: boolean): boolean;
  }
}

declare module "pkcs1_5" {
  export default class PKCS1_5 {
    constructor(publicKey: object, privateKey: boolean, oid: number[]);
    verify(hash: ArrayBuffer, signature: Uint8Array): boolean;
  }
}

declare module "ssl/stream" {
  export default class SSLStream {
    constructor(bytes?: Uint8Array | ArrayBuffer);
    readonly bytesAvailable: number;
    readChunk(byteLength: number): ArrayBuffer;
  }
}

declare module "ssl/error" {
  export default class TLSError extends Error {}
}

declare module "ssl/constants" {
  export const ECDHE_RSA: number;
}

/** ssl_handshake.js of the SDK under another name: "ssl/handshake" is ours (manifest.json). */
declare module "ssl-sdk/handshake" {
  import type SSLStream from "ssl/stream";
  interface Session {
    chosenCipher: { keyExchangeAlgorithm: number };
    /** Ours: how far the server has proven who it is. */
    latchkeyProof?: number;
  }
  interface HandshakeMessage {
    unpacketize(this: object, session: Session, message: SSLStream | undefined): unknown;
  }
  const handshake: {
    certificate: HandshakeMessage;
    serverKeyExchange: HandshakeMessage;
    serverHelloDone: HandshakeMessage;
    finished: HandshakeMessage;
  };
  export default handshake;
}

declare module "ssl/cert" {
  export function isInRange(signature: Uint8Array): boolean;
  const certificates: { readonly isLatchkeys?: true };
  export default certificates;
}
declare module "ssl/handshake" {
  const handshake: { readonly isLatchkeys?: true };
  export default handshake;
}
declare module "rng" {
  const randomness: { readonly isLatchkeys?: true };
  export default randomness;
}

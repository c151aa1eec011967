/** An Ed25519 key of the cloud's, wherever it is: in memory, in a token (PKCS #11), at a service. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 of the message itself (RFC 8032 §5.1.6, not Ed25519ph): 64 bytes. What is not in memory takes its time. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

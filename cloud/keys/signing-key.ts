/** An Ed25519 key of the cloud's, or what stands for one where time matters more than secrecy: a simulation's. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** A COSE_Sign1 (RFC 9052 §4.2). @param context from `signingContext`. @param detached leaves the payload out. */
  sign(payload: Uint8Array, context: Uint8Array, detached?: boolean): Uint8Array;
}

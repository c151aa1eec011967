/// <reference path="../../typings/tls.d.ts" />
/**
 * In which order a server must say what, and that it proves its key: takes the place of the SDK's "ssl/handshake"
 * (manifest.json), which goes on under the name "ssl-sdk/handshake" and does the work.
 *
 * By itself the SDK's (8.2.3) skips the check of the server's key exchange where that says it is not signed, so whoever
 * has the cloud's certificate, and anybody can have that, could be the cloud without its key; and it takes messages in
 * any order, so that a server could leave the proof out altogether.
 */
import sdk from "ssl-sdk/handshake";
import { isInRange } from "ssl/cert";
import { ECDHE_RSA } from "ssl/constants";
import TLSError from "ssl/error";
import SSLStream from "ssl/stream";

const NAMED_CURVE = 3;
const SECP256R1 = 23;
const POINT = 3;
const SHA256 = 4;
const RSA = 1;
const ECDSA = 3;

/** How far a session has come. */
const CERTIFICATE = 1;
const KEY_EXCHANGE = 2;
const DONE = 3;

type Session = Parameters<typeof sdk.certificate.unpacketize>[0];
type Message = SSLStream | undefined;

/** The session must stand where `from` says, and stands at `to` afterwards. */
function advance(session: Session, from: number, to: number): void {
  if ((session.latchkeyProof ?? 0) !== from) throw new TLSError("handshake: out of order");
  session.latchkeyProof = to;
}

const certificate = {
  __proto__: sdk.certificate,
  unpacketize(session: Session, message: Message): unknown {
    advance(session, 0, CERTIFICATE);
    return sdk.certificate.unpacketize.call(this, session, message);
  },
};

const serverKeyExchange = {
  __proto__: sdk.serverKeyExchange,
  unpacketize(session: Session, message: Message): unknown {
    advance(session, CERTIFICATE, KEY_EXCHANGE);
    if (session.chosenCipher.keyExchangeAlgorithm !== ECDHE_RSA || message === undefined) throw new TLSError("handshake: not ECDHE");
    const bytes = new Uint8Array(message.readChunk(message.bytesAvailable));
    requireSigned(bytes);
    return sdk.serverKeyExchange.unpacketize.call(this, session, new SSLStream(bytes));
  },
};

const serverHelloDone = {
  __proto__: sdk.serverHelloDone,
  unpacketize(session: Session, message: Message): unknown {
    advance(session, KEY_EXCHANGE, DONE);
    return sdk.serverHelloDone.unpacketize.call(this, session, message);
  },
};

const finished = {
  __proto__: sdk.finished,
  unpacketize(session: Session, message: Message): unknown {
    advance(session, DONE, DONE);
    return sdk.finished.unpacketize.call(this, session, message);
  },
};

/** RFC 8422 §5.4: curve, point, and a signature with SHA-256 by RSA or ECDSA over both and both randoms. */
function requireSigned(bytes: Uint8Array): void {
  const at = POINT + 1 + bytes[POINT];
  const [hash, algorithm, high, low] = bytes.subarray(at);
  const signature = bytes.subarray(at + 4);
  const whole = bytes[0] === NAMED_CURVE && bytes[1] === 0 && bytes[2] === SECP256R1 && signature.length === high * 256 + low && low + high > 0;
  if (!whole || hash !== SHA256 || !(algorithm === RSA || (algorithm === ECDSA && isInRange(signature)))) throw new TLSError("handshake: key exchange not signed");
}

export default Object.freeze({ __proto__: sdk, isLatchkeys: true, certificate, serverKeyExchange, serverHelloDone, finished });

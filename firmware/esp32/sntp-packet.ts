/** An SNTP message (RFC 4330 §4): 48 bytes without authentication. */
export const SNTP_BYTES = 48;
export const SNTP_PORT = 123;

const VERSION_4_CLIENT = 0x23;
const MODE_SERVER = 4;
const NOT_SYNCHRONIZED = 3;
const STRATUM_MAX = 15;
const ORIGINATE = 24;
const TRANSMIT = 40;
const TIMESTAMP_BYTES = 8;
/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800;
/** Era 1 of NTP begins in 2036: whatever lies before this would be of era 0, long ago. 2024-01-01 in era 0. */
const EARLIEST = NTP_EPOCH + 1_704_067_200;

/**
 * A question.
 * @param nonce 8 random bytes in the place of the client's time, which is nobody's business:
 * whoever does not see the question cannot answer it.
 */
export function askSntp(nonce: Uint8Array): Uint8Array {
  const packet = new Uint8Array(SNTP_BYTES);
  packet[0] = VERSION_4_CLIENT;
  packet.set(nonce, TRANSMIT);
  return packet;
}

/**
 * What an answer says, in Unix ms; undefined for one that answers nothing, or another question, or is a refusal.
 * Nothing of it is signed.
 */
export function readSntp(packet: Uint8Array, nonce: Uint8Array): number | undefined {
  if (packet.length < SNTP_BYTES) return undefined;
  const leap = packet[0] >> 6;
  const stratum = packet[1];
  if ((packet[0] & 7) !== MODE_SERVER || leap === NOT_SYNCHRONIZED || stratum === 0 || stratum > STRATUM_MAX) return undefined;
  for (let i = 0; i < TIMESTAMP_BYTES; i++) if (packet[ORIGINATE + i] !== nonce[i]) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const seconds = view.getUint32(TRANSMIT);
  const fraction = view.getUint32(TRANSMIT + 4);
  if (seconds === 0) return undefined;
  const era = seconds < EARLIEST ? 2 ** 32 : 0;
  return (seconds + era - NTP_EPOCH) * 1_000 + Math.floor((fraction / 2 ** 32) * 1_000);
}

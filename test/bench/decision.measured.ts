/** What test/bench/decision.ts measures inside XS. */
import { decideAccess } from "../../firmware/decide-access";
import { callHost, fromUtf8 } from "../../hardware-sim/xs/guest";
import type { Measured } from "../../hardware-sim/xs/measured";
import { openAccessList, type AccessList, type BodyReader } from "../../protocol/access-list";
import { ascii, concat, readU32, toHex, writeU32 } from "../../protocol/bytes";
import { CredentialKind, credentialTag } from "../../protocol/credential";
import { decodeManifest } from "../../protocol/manifest";

const TAG_KEY = new Uint8Array(32).fill(7);
const TIME = 1_780_473_600;
const LEASE = { epoch: 1, version: TIME - 100, issuedAt: TIME, guestNotAfter: TIME + 86_400, staffNotAfter: TIME + 86_400, residentNotAfter: 0 };

/** The body in this engine, copied out of it as flash is read. */
function bodyInside(size: number): BodyReader {
  const flash = callHost("body", ascii(`${size}`)).slice().buffer;
  return { read: (offset, length) => new Uint8Array(flash.slice(offset, offset + length)), isSound: () => true };
}

/** The body outside, as a board's flash is: only what the firmware keeps takes memory. */
function bodyOutside(size: number): BodyReader {
  return {
    read(offset, length) {
      const request = new Uint8Array(12);
      [size, offset, length].forEach((value, index) => writeU32(request, 4 * index, value));
      return callHost("read", request).slice();
    },
    isSound: () => true,
  };
}

function openList(size: number, body: BodyReader): AccessList {
  return openAccessList(decodeManifest(callHost("manifest", ascii(`${size}`)).slice()), undefined, body);
}

function decision(size: number, who: string, body: (size: number) => BodyReader): Measured {
  return ({ hashes }) => {
    const list = openList(size, body(size));
    const pin = callHost("pin", ascii(`${size} ${who}`));
    return () => {
      const tag = credentialTag(hashes, TAG_KEY, CredentialKind.pin, pin);
      const verdict = decideAccess({ list, kind: CredentialKind.pin, tag, outputs: 1, wallTime: TIME, timeFloor: TIME, lease: LEASE, usesOf: () => 0, usesFull: false });
      if (verdict.granted !== (who !== "stranger")) throw new Error("another verdict than expected");
    };
  };
}

interface JsonGrant {
  tag: string;
  notBefore?: number;
  notAfter?: number;
  windows?: { days: number; start: number; end: number }[];
}

/** The same decision as a door takes it that keeps its list as JSON. */
function jsonDecision(size: number): Measured {
  return ({ hashes }) => {
    const text = fromUtf8(callHost("json", ascii(`${size}`)));
    const pin = callHost("pin", ascii(`${size} staff`));
    return () => {
      const tag = toHex(credentialTag(hashes, TAG_KEY, CredentialKind.pin, pin));
      const grant = (JSON.parse(text) as JsonGrant[]).find((candidate) => candidate.tag === tag)!;
      const minute = (TIME / 60 + 120) % 1_440;
      const inWindow = (grant.windows ?? []).some(({ days, start, end }) => (days >> 2) & 1 && minute >= start && minute < end);
      if ((grant.notBefore ?? 0) > TIME || TIME >= (grant.notAfter ?? Infinity) || !inWindow) throw new Error("another verdict than expected");
    };
  };
}

/** A bare HMAC by the host: what of the other numbers is the way to the PC and back, which a board has not. */
const hostCall: Measured = ({ hashes }) => {
  const message = concat(Uint8Array.of(CredentialKind.pin), new Uint8Array(8));
  return () => hashes.hmacSha256(TAG_KEY, message);
};

/** What the list takes while it is open, and nothing else. */
function opened(size: number): Measured {
  return () => {
    const list = openList(size, bodyOutside(size));
    return () => readU32(list.manifest.pagesHash, 0);
  };
}

// The open list comes first: what others leave behind would count for it.
export const measured: Record<string, Measured> = { opened: opened(10_000), "host call": hostCall };
for (const size of [50, 1_000, 10_000]) {
  for (const who of ["resident", "staff", "stranger"]) measured[`${who} ${size}`] = decision(size, who, bodyInside);
  measured[`JSON ${size}`] = jsonDecision(size);
}

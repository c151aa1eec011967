import type { ProtocolErrorCode } from "../../../protocol/protocol-error";
import type { Reason } from "../../../protocol/decision";

/** The shape of protocol/vectors.json, which explains itself under `about`. Byte strings are lower-case hexadecimal. */
export interface MintedVectors {
  about: string[];
  keys: Record<string, string>;
  /** What the receiver of each object has before, where a vector does not say otherwise. */
  given: Record<VectorObject, Given>;
  /** Pages of a manifest vector, by the names of their vectors. */
  snapshots: Record<string, string[]>;
  vectors: Record<VectorObject, MintedVector[]>;
  profiles: Reads[];
  rules: Reads[];
  credentials: CredentialEntry[];
  holders: HolderEntry[];
  /** Lists that decisions name. */
  lists: Record<string, { manifest: string; delta: string | null }>;
  decisionDefaults: DecisionGiven;
  decisions: DecisionEntry[];
  latestOpenings: OpeningEntry[];
}

export type VectorObject =
  | "keyset" | "manifest" | "page" | "delta" | "lease" | "time" | "ack" | "command" | "firmware" // to a door
  | "receipt" | "events" | "reply" | "state" | "need" // to the cloud
  | "hello" | "welcome" | "claim" | "grant" // over HTTPS
  | "challenge" | "response" | "result" | "phone-frame" | "door-frame" | "item-down" | "item-up" // by radio
  | "fob-assignment" | "fob-frame" | "fob-report"; // to a fob and from it

export interface MintedVector {
  name: string;
  hex: string;
  /** So many zero bytes follow `hex`. */
  zeros?: number;
  given?: Given;
  expect: "accepted" | ProtocolErrorCode;
  /** What is read of it where it is accepted. */
  reads?: Reads;
}

/** Names are those of vectors; null = none. */
export interface Given {
  /** The keyset that the door has. */
  keyset?: string | null;
  /** The manifest of its active list, all pages there. */
  list?: string | null;
  /** The delta active on it. */
  delta?: string | null;
  /** The lease that it holds. */
  lease?: string | null;
  /** The manifest whose pages it is fetching, and the number in the page's topic. */
  fetching?: string;
  page?: number;
  /** The base in the delta's topic. */
  base?: number;
  /** The nonce that it asked for the time with last. */
  nonce?: string;
  enrolment?: number;
  /** Counter of the last receipt that the cloud took. */
  counter?: number;
  /** MAC of the event before the first, where the cloud has it. */
  previousMac?: string | null;
  /** Of a board: its kind, the firmware that runs, the largest minimum taken, the image that failed its trial. */
  target?: string;
  running?: number;
  minimum?: number;
  failed?: number;
  /** By radio: the challenge that this connection has read, and the response that a result answers. */
  challenge?: string | null;
  response?: string;
  hello?: string;
  welcome?: string;
  claim?: string;
}

export type Reads = { [name: string]: string | number | boolean | Reads | (string | number | Reads | (string | number)[])[] };

export interface CredentialEntry {
  name: string;
  kind: number;
  /** What its tag is made of (SPEC 5.1). */
  value: string;
  /** For a second PIN: the credential that it follows. */
  after?: string;
  tag: string;
  /** Its rows in the base, and in the list `delta` where that differs. */
  rows: string[];
  inDelta?: string[];
}

/** A phone or fob at the door of the vectors (SPEC 20). */
export interface HolderEntry {
  kind: number;
  credentialId: string;
  counter: number;
  handle: string;
  key: string;
}

/** What is left out is as `decisionDefaults` has it. */
export interface DecisionEntry extends Partial<DecisionGiven> {
  name: string;
  kind: number;
  tag: string;
  /** Of a second PIN that was given. */
  secondTag?: string;
  /** Unix seconds; null = unknown. */
  at: number | null;
  reason: Reason;
  /** Where it is granted by a limited right: the counter of the use. */
  counts?: number;
  /** Where it is granted: mask of the outputs that move, if that is not the strike alone. */
  moves?: number;
}

export interface DecisionGiven {
  /** Name of a list; null = the door has none. */
  list: string | null;
  /** Mask of the outputs asked for. */
  outputs: number;
  floor: number;
  /** Not-after of each class; null = no lease. */
  lease: { guest: number; staff: number; resident: number } | null;
  /** Uses so far under this tag, by the number of their counter; what is missing is 0. */
  uses: Record<string, number>;
  usesFull: boolean;
  keypadWaits: boolean;
}

/** SPEC 16. */
export interface OpeningEntry {
  name: string;
  leased: boolean;
  /** Latest not-after of a lease signed for an older list, for the class; 0 = none. */
  leaseEnd: number;
  /** The right's own end; null = none. */
  rightEnd: number | null;
  lastSignedTime: number;
  unlockSeconds: number;
  /** null = no limit until the door is reached. */
  until: number | null;
}

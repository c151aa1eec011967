import type { CredentialKind } from "../../protocol/credential";
import type { Reason } from "../../protocol/decision";
import type { EventType } from "../../protocol/event-record";

export type KindName = keyof typeof CredentialKind;

/** The list that a door decides by, as it lies in its flash. */
export interface ListInside {
  epoch: number;
  version: number;
  /** Version of the snapshot; where the list's is greater, there is a delta on it. */
  base: number;
  /** How many rows there are of each kind of credential. */
  kinds: { kind: KindName; rows: number }[];
  lockState: "normal" | "lock-down" | "hold-open";
}

export interface LoggedEvent {
  sequence: number;
  /** Unix ms by the door's clock; absent where it had none. */
  at?: number;
  type: EventType;
  /** Of a decision. */
  reason?: Reason;
  kind?: KindName;
}

/** The end of a door's log, oldest first. */
export interface InsideLog {
  /** Number of the next event. */
  next: number;
  /** The cloud has all below this number. */
  acknowledged: number;
  events: LoggedEvent[];
}

/** What the page shows of a door. Plain data: it crosses to the browser as JSON. */
export interface DoorView {
  index: number;
  name: string;
  /** Hexadecimal; undefined before the first boot. */
  id?: string;
  /** Text of the claim QR, while the door belongs to nobody. */
  claim?: string;
  engine: string;
  power: boolean;
  network: boolean;
  /** The MQTT client is connected. */
  linked: boolean;
  strike: boolean;
  /** Of outputs 1, 2 …: whether the lock there is open. */
  otherOutputs: boolean[];
  ledGreen: boolean;
  buzzer: boolean;
  leafOpen: boolean;
  exitHeld: boolean;
  serviceHeld: boolean;
  boots: number;
  /** What the door last said under its MAC. */
  list?: { epoch: number; version: number; leaseEnd: number };
  /** What lies in its flash: undefined without a list in force. */
  inside?: ListInside;
  log: InsideLog;
  /** How far the clock chip on the board is from this PC's time, ms; undefined: its battery was out. */
  chip?: { offset: number };
  /** What the door last said its clock was (Unix s), and when it said so (Unix ms). */
  clock?: { time: number; at: number };
}

/** What a person does at a door. */
export type DoorAction =
  | { action: "key"; key: string }
  /** Hexadecimal: 3, 4 or 5 bytes. */
  | { action: "card"; card: string }
  | { action: "leaf"; open: boolean; force?: boolean }
  | { action: "exit"; held: boolean }
  | { action: "service"; held: boolean }
  | { action: "network"; plugged: boolean }
  | { action: "power"; on: boolean }
  /** Turns the clock chip by so many seconds, sets it right (0), or takes its battery out. */
  | { action: "clock"; turn: number | "lost" };

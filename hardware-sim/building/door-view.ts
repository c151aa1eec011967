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
  | { action: "power"; on: boolean };

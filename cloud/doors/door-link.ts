import type { DownTopic } from "../../protocol/topics";

/** How doors are reached. */
export interface DoorLink {
  /** Doors that are connected and listen, by id. */
  connected(): Iterable<string>;
  isConnected(door: string): boolean;
  /** @returns whether the bytes went to the door's connection; it may still lose them. */
  send(door: string, topic: DownTopic, payload: Uint8Array): Promise<boolean>;
  /** Ends a door's connection: whoever has it knows secrets that are none any more. */
  drop(door: string): void;
  /** Resolves once a claimed door can log in, or soon: it tries again. */
  admitted?(door: string): Promise<void>;
}

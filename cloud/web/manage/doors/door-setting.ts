import type { Schema } from "../../api/client";

/** What a part of a door's settings works on. */
export interface DoorSettingProps {
  door: Schema<"Door">;
  /** It has been changed: it is read again. */
  onDone: () => Promise<void>;
}

import { useEffect, useRef } from "preact/hooks";
import type { Schema } from "../../api/client";
import { useLive } from "../../api/use-live";

/** What changes by itself at a door. */
export interface DoorNow extends Pick<Schema<"Door">, "id" | "state" | "online" | "heardAt" | "heardBy" | "upToDate" | "alarms"> {
  lockState: Schema<"Door">["orders"]["lockState"];
  leafOpen: boolean | null;
  keypadLocked: boolean | null;
  /** Of its newest event. */
  newestEvent: number | null;
}

/** How the doors of a property are, as it changes; undefined: not heard yet. */
export function useDoorsNow(property: string): { doors: ReadonlyMap<string, DoorNow> | undefined; connected: boolean } {
  const { data, connected } = useLive<{ doors: DoorNow[] }>(`/api/properties/${property}/doors/live`);
  return { doors: data && new Map(data.doors.map((door) => [door.id, door])), connected };
}

/** How a door is, as it changes. @param onChange whatever else is shown of it may be another now. */
export function useDoorNow(door: string, onChange: () => void): DoorNow | undefined {
  const { data } = useLive<{ doors: DoorNow[] }>(`/api/doors/${door}/live`);
  const now = data?.doors[0];
  const told = now && JSON.stringify(now);
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const first = before.current === undefined;
    before.current = told;
    if (!first && told !== undefined) onChange();
  }, [told]);
  return now;
}

/** A door's record with what has changed since it was read. */
export function doorAsOfNow(door: Schema<"Door">, now: DoorNow | undefined): Schema<"Door"> {
  if (now === undefined) return door;
  const { state, online, heardAt, heardBy, upToDate, alarms, lockState, leafOpen, keypadLocked } = now;
  const telemetry = leafOpen === null || door.telemetry === null ? door.telemetry : { ...door.telemetry, leafOpen, keypadLocked: keypadLocked ?? false };
  return { ...door, state, online, heardAt, heardBy, upToDate, alarms, telemetry: online ? telemetry : null, orders: { ...door.orders, lockState } };
}

/** Whether somebody should look at a door. */
export function needsSomebody({ state, online, upToDate, alarms, telemetry, orders }: Schema<"Door">): boolean {
  if (state !== "claimed") return state === "registered";
  return !online || !upToDate || alarms.length > 0 || telemetry?.keypadLocked === true || orders.lockState !== "normal";
}

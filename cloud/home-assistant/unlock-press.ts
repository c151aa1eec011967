import { z } from "zod";
import { HOME_PRESS_SECONDS } from "../limits";

const Press = z.object({ do: z.enum(["LOCK", "UNLOCK", "OPEN"]), at: z.number().min(0).max(1e11) });

/** Somebody has pressed a button there. */
export interface UnlockPress {
  unlock: boolean;
  /** The same again is the same press: MQTT may deliver twice. */
  key: string;
}

/**
 * What came to a door's command topic, as discovery.ts has Home Assistant write it.
 * @param payload untrusted. @param now Unix seconds.
 * @returns why it counts for nothing, in words for the log.
 */
export function readPress(payload: Uint8Array, retained: boolean, now: number): UnlockPress | string {
  // Nobody stands there who has just pressed anything.
  if (retained) return "a retained command";
  if (payload.length > PRESS_BYTES_MAX) return "too long";
  const read = Press.safeParse(parseJson(payload));
  if (!read.success) return "not as Home Assistant was told to write it";
  const { at } = read.data;
  if (Math.abs(now - at) > HOME_PRESS_SECONDS) return `pressed ${Math.round(now - at)} s ago by Home Assistant's clock`;
  return { unlock: read.data.do !== "LOCK", key: `home-${at.toFixed(6)}` };
}

const PRESS_BYTES_MAX = 256;

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    return undefined;
  }
}

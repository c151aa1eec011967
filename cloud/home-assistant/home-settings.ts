import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { isBrokerUrl, parseBrokerUrl, type BrokerLocation } from "../broker/broker-url";
import { StartupError } from "../startup-error";

/** The home's own broker, to which its Home Assistant listens. */
export interface HomeSettings {
  location: BrokerLocation;
  /** PEM; undefined: the authorities that Node trusts. */
  ca: Buffer | undefined;
  /** Under which Home Assistant looks for what there is: its own setting, `homeassistant` unless somebody has changed it. */
  prefix: string;
}

/** Environment variables, by zod's schemas. */
export const homeEnvironment = {
  HA_MQTT_URL: z.string().refine(isBrokerUrl, "a URL such as mqtt://user:password@homeassistant.local:1883").optional(),
  LATCHKEY_HA_CA: z.string().optional(),
  LATCHKEY_HA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,3}$/, "a topic such as homeassistant")
    .default("homeassistant"),
};

/** @returns undefined: no home. @throws StartupError where the file cannot be read. */
export function homeSettings(value: { HA_MQTT_URL?: string | undefined; LATCHKEY_HA_CA?: string | undefined; LATCHKEY_HA_PREFIX: string }): HomeSettings | undefined {
  if (value.HA_MQTT_URL === undefined) return undefined;
  return { location: parseBrokerUrl(value.HA_MQTT_URL)!, ca: value.LATCHKEY_HA_CA === undefined ? undefined : readCa(value.LATCHKEY_HA_CA), prefix: value.LATCHKEY_HA_PREFIX };
}

function readCa(file: string): Buffer {
  try {
    return readFileSync(resolve(file));
  } catch (error) {
    throw new StartupError(`Cannot read the file of LATCHKEY_HA_CA: ${(error as Error).message}`);
  }
}

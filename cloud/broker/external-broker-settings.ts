import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { StartupError } from "../startup-error";
import { isBrokerUrl, parseBrokerUrl, type BrokerLocation } from "./broker-url";

/** A broker that others run, and what it is asked to do. */
export interface ExternalBrokerSettings {
  location: BrokerLocation;
  /** PEM; undefined: the authorities that Node trusts. */
  ca: Buffer | undefined;
  /** Whether it has shared subscriptions; auto: as it says, which takes MQTT 5. */
  shared: "auto" | "yes" | "no";
  /** Who makes the doors' logins there: this cloud, by Mosquitto's dynamic security, or somebody else. */
  logins: "none" | "mosquitto";
}

/** Environment variables of an external broker, by zod's schemas. */
export const externalBrokerEnvironment = {
  MQTT_URL: z.string().refine(isBrokerUrl, "a URL such as mqtts://user:password@broker.example.org:8883").optional(),
  LATCHKEY_MQTT_CA: z.string().optional(),
  LATCHKEY_MQTT_SHARED: z.enum(["auto", "yes", "no"], "one of auto, yes, no").default("auto"),
  LATCHKEY_MQTT_LOGINS: z.enum(["none", "mosquitto"], "one of none, mosquitto").default("none"),
};

/** @returns undefined: the embedded broker. @throws StartupError where the file cannot be read. */
export function externalBrokerSettings(value: { MQTT_URL?: string | undefined; LATCHKEY_MQTT_CA?: string | undefined; LATCHKEY_MQTT_SHARED: "auto" | "yes" | "no"; LATCHKEY_MQTT_LOGINS: "none" | "mosquitto" }): ExternalBrokerSettings | undefined {
  if (value.MQTT_URL === undefined) return undefined;
  const location = parseBrokerUrl(value.MQTT_URL)!;
  return { location, ca: readCa(value.LATCHKEY_MQTT_CA), shared: value.LATCHKEY_MQTT_SHARED, logins: value.LATCHKEY_MQTT_LOGINS };
}

function readCa(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(resolve(file));
  } catch (error) {
    throw new StartupError(`Cannot read the file of LATCHKEY_MQTT_CA: ${(error as Error).message}`);
  }
}

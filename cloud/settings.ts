import { resolve } from "node:path";
import { z } from "zod";
import { isRegion, type Region } from "./accounts/identifier";
import { ADMIN_TOKEN_CHARACTERS_MIN } from "./limits";
import { messageEnvironment, messageSettings, type MessageSettings } from "./messages/message-settings";
import { StartupError } from "./startup-error";

export interface Settings {
  /** Absolute path of the folder that holds the database and the keys. */
  dataFolder: string;
  httpHost: string;
  /** 0 = any free one. */
  httpPort: number;
  mqttHost: string;
  mqttPort: number;
  /** What a claimed door is told to connect to; undefined = the host that its claim went to. */
  mqttPublicHost: string | undefined;
  /** undefined = the one kept in the data folder, made at the first start. */
  adminToken: string | undefined;
  /** IANA zone of properties that name none. */
  timeZone: string;
  /** Country of phone numbers that are written without one; undefined: they need theirs. */
  region?: Region | undefined;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  messages: MessageSettings;
}

const port = z.coerce.number("a port number").int("a port number").min(0, "a port number from 0 to 65535").max(65_535, "a port number from 0 to 65535");
const host = z.string().regex(/^[A-Za-z0-9._:-]+$/, "a host name or address");

const environment = z.object({
  LATCHKEY_DATA: z.string().min(1).default("./data"),
  LATCHKEY_HTTP_HOST: host.default("127.0.0.1"),
  LATCHKEY_HTTP_PORT: port.default(8_080),
  LATCHKEY_MQTT_HOST: host.default("127.0.0.1"),
  LATCHKEY_MQTT_PORT: port.default(1_883),
  LATCHKEY_MQTT_PUBLIC_HOST: host.max(128).optional(),
  LATCHKEY_ADMIN_TOKEN: z
    .string()
    .min(ADMIN_TOKEN_CHARACTERS_MIN, `at least ${ADMIN_TOKEN_CHARACTERS_MIN} characters`)
    .regex(/^[A-Za-z0-9._~+/=-]+$/, "letters, digits and ._~+/=- only")
    .optional(),
  LATCHKEY_TIME_ZONE: z.string().refine(isTimeZone, "an IANA time zone such as Europe/Paris").default("UTC"),
  LATCHKEY_REGION: z.string().refine(isRegion, "a country's code of two capital letters such as FR").optional(),
  LATCHKEY_LOG: z.enum(["silent", "error", "warn", "info", "debug"], "one of silent, error, warn, info, debug").default("info"),
  ...messageEnvironment,
});

/**
 * The settings that environment variables give, all checked.
 * @throws StartupError that names the variable, but never its value: it may be a secret.
 */
export function readSettings(variables: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(variables).filter(([name, value]) => name.startsWith("LATCHKEY_") && value !== undefined && value !== ""));
  const unknown = Object.keys(given).find((name) => !(name in environment.shape));
  if (unknown !== undefined) throw new StartupError(`${unknown} is not a setting of Latchkey. There are: ${Object.keys(environment.shape).join(", ")}.`);
  const result = environment.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new StartupError(`${issue.path.join(".")} must be ${issue.message}.`);
  }
  const value = result.data;
  return {
    dataFolder: resolve(value.LATCHKEY_DATA),
    httpHost: value.LATCHKEY_HTTP_HOST,
    httpPort: value.LATCHKEY_HTTP_PORT,
    mqttHost: value.LATCHKEY_MQTT_HOST,
    mqttPort: value.LATCHKEY_MQTT_PORT,
    mqttPublicHost: value.LATCHKEY_MQTT_PUBLIC_HOST,
    adminToken: value.LATCHKEY_ADMIN_TOKEN,
    timeZone: value.LATCHKEY_TIME_ZONE,
    region: value.LATCHKEY_REGION,
    logLevel: value.LATCHKEY_LOG,
    messages: messageSettings(value),
  };
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

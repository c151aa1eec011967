import { resolve } from "node:path";
import { z } from "zod";
import { isRegion, type Region } from "./accounts/identifier";
import { externalBrokerEnvironment, externalBrokerSettings, type ExternalBrokerSettings } from "./broker/external-broker-settings";
import { homeEnvironment, homeSettings, type HomeSettings } from "./home-assistant/home-settings";
import { keyEnvironment, keySettings, type KeySettings } from "./keys/key-settings";
import { ADMIN_TOKEN_CHARACTERS_MIN, AUDIT_KEPT_DAYS, AUDIT_KEPT_DAYS_MIN } from "./limits";
import { messageEnvironment, messageSettings, type MessageSettings } from "./messages/message-settings";
import { operationsAddress, operationsEnvironment, type OperationsAddress } from "./operations/operations-settings";
import { StartupError } from "./startup-error";

export interface Settings {
  /** Absolute path of the folder that holds the keys, and the database unless that is elsewhere. */
  dataFolder: string;
  /** `postgres://user:password@host:port/database`, a secret; undefined = SQLite in the data folder. */
  databaseUrl: string | undefined;
  /** PEM files of a certificate with its chain and of its key: HTTP is HTTPS then. */
  tls: { certificateFile: string; keyFile: string; setting?: string } | undefined;
  /** What people's browsers reach this cloud by, without a slash at its end: behind a proxy; undefined = what it listens on. */
  publicUrl: string | undefined;
  httpHost: string;
  /** 0 = any free one. */
  httpPort: number;
  mqttHost: string;
  mqttPort: number;
  /** MQTT over TLS, at `mqttPort`; undefined = plain. */
  mqttTls?: { certificateFile: string; keyFile: string; setting?: string } | undefined;
  /** A port for MQTT without TLS beside it; undefined = none. */
  mqttPlainPort?: number | undefined;
  /** PEM file of the CAs whose client certificates log doors in; undefined: logins are by password only. */
  mqttClientCa?: string | undefined;
  /** What a claimed door is told to connect to; undefined = the host that its claim went to. */
  mqttPublicHost: string | undefined;
  /** … and at which port; undefined = the one that the broker listens on. */
  mqttPublicPort?: number | undefined;
  /** A broker that others run, in place of the embedded one; undefined = the embedded one. */
  broker?: ExternalBrokerSettings | undefined;
  /** The home's own broker, for its Home Assistant; undefined: there is none. */
  home?: HomeSettings | undefined;
  /** Where keys are, other than in the data folder. */
  keys?: KeySettings | undefined;
  /** undefined = the one kept in the data folder, made at the first start. */
  adminToken: string | undefined;
  /** IANA zone of properties that name none. */
  timeZone: string;
  /** Country of phone numbers that are written without one; undefined: they need theirs. */
  region?: Region | undefined;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  messages: MessageSettings;
  /** Where metrics are read; undefined: nowhere. */
  operations?: OperationsAddress | undefined;
  /** HTTP requests that are worked on at once; undefined: REQUESTS_AT_ONCE_MAX. */
  requestsAtOnce?: number | undefined;
  /** Whether webhooks may go to addresses inside private networks, and without TLS; undefined: no. */
  privateWebhooks?: boolean | undefined;
  /** How long entries of the audit are kept; undefined: AUDIT_KEPT_DAYS. */
  auditKeptDays?: number | undefined;
}

const port = z.coerce.number("a port number").int("a port number").min(0, "a port number from 0 to 65535").max(65_535, "a port number from 0 to 65535");
const host = z.string().regex(/^[A-Za-z0-9._:-]+$/, "a host name or address");

const environment = z.object({
  LATCHKEY_DATA: z.string().min(1).default("./data"),
  LATCHKEY_DATABASE_URL: z.string().refine(isDatabaseUrl, "a URL such as postgres://user:password@host:5432/latchkey").optional(),
  LATCHKEY_PUBLIC_URL: z.string().refine(isOrigin, "a URL such as https://latchkey.example.org, without a path").optional(),
  LATCHKEY_TLS_CERT: z.string().optional(),
  LATCHKEY_TLS_KEY: z.string().optional(),
  LATCHKEY_HTTP_HOST: host.default("127.0.0.1"),
  LATCHKEY_HTTP_PORT: port.default(8_080),
  LATCHKEY_MQTT_HOST: host.default("127.0.0.1"),
  LATCHKEY_MQTT_PORT: port.optional(),
  LATCHKEY_MQTT_TLS_CERT: z.string().optional(),
  LATCHKEY_MQTT_TLS_KEY: z.string().optional(),
  LATCHKEY_MQTT_PLAIN_PORT: port.optional(),
  LATCHKEY_MQTT_CLIENT_CA: z.string().optional(),
  LATCHKEY_MQTT_PUBLIC_HOST: host.max(128).optional(),
  LATCHKEY_MQTT_PUBLIC_PORT: port.min(1).optional(),
  ...keyEnvironment,
  ...externalBrokerEnvironment,
  ...homeEnvironment,
  LATCHKEY_ADMIN_TOKEN: z
    .string()
    .min(ADMIN_TOKEN_CHARACTERS_MIN, `at least ${ADMIN_TOKEN_CHARACTERS_MIN} characters`)
    .regex(/^[A-Za-z0-9._~+/=-]+$/, "letters, digits and ._~+/=- only")
    .optional(),
  LATCHKEY_TIME_ZONE: z.string().refine(isTimeZone, "an IANA time zone such as Europe/Paris").default("UTC"),
  LATCHKEY_REGION: z.string().refine(isRegion, "a country's code of two capital letters such as FR").optional(),
  LATCHKEY_LOG: z.enum(["silent", "error", "warn", "info", "debug"], "one of silent, error, warn, info, debug").default("info"),
  ...messageEnvironment,
  ...operationsEnvironment,
  LATCHKEY_WEBHOOKS_PRIVATE: z.enum(["yes", "no"], "yes or no").default("no"),
  LATCHKEY_AUDIT_DAYS: z.coerce.number("a number of days").int("a number of days").min(AUDIT_KEPT_DAYS_MIN, `at least ${AUDIT_KEPT_DAYS_MIN} days`).max(36_500, "at most 36500 days").default(AUDIT_KEPT_DAYS),
});

/** What the world names without our prefix. */
const UNPREFIXED = ["MQTT_URL", "HA_MQTT_URL"];

/**
 * The settings that environment variables give, all checked.
 * @throws StartupError that names the variable, but never its value: it may be a secret.
 */
export function readSettings(variables: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(variables).filter(([name, value]) => (name.startsWith("LATCHKEY_") || UNPREFIXED.includes(name)) && value !== undefined && value !== ""));
  const unknown = Object.keys(given).find((name) => !(name in environment.shape));
  if (unknown !== undefined) throw new StartupError(`${unknown} is not a setting of Latchkey. There are: ${Object.keys(environment.shape).join(", ")}.`);
  const result = environment.safeParse(given);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new StartupError(`${issue.path.join(".")} must be ${issue.message}.`);
  }
  const value = result.data;
  const tls = tlsOf("LATCHKEY_TLS", value.LATCHKEY_TLS_CERT, value.LATCHKEY_TLS_KEY);
  const mqttTls = tlsOf("LATCHKEY_MQTT_TLS", value.LATCHKEY_MQTT_TLS_CERT, value.LATCHKEY_MQTT_TLS_KEY) ?? tls;
  if (mqttTls === undefined) {
    const needy = (["LATCHKEY_MQTT_PLAIN_PORT", "LATCHKEY_MQTT_CLIENT_CA"] as const).find((name) => value[name] !== undefined);
    if (needy !== undefined) throw new StartupError(`${needy} means something only where MQTT has TLS: set LATCHKEY_MQTT_TLS_CERT and LATCHKEY_MQTT_TLS_KEY.`);
  }
  return {
    dataFolder: resolve(value.LATCHKEY_DATA),
    databaseUrl: value.LATCHKEY_DATABASE_URL,
    tls,
    publicUrl: value.LATCHKEY_PUBLIC_URL && new URL(value.LATCHKEY_PUBLIC_URL).origin,
    httpHost: value.LATCHKEY_HTTP_HOST,
    httpPort: value.LATCHKEY_HTTP_PORT,
    mqttHost: value.LATCHKEY_MQTT_HOST,
    mqttPort: value.LATCHKEY_MQTT_PORT ?? (mqttTls === undefined ? 1_883 : 8_883),
    mqttTls,
    mqttPlainPort: value.LATCHKEY_MQTT_PLAIN_PORT,
    mqttClientCa: value.LATCHKEY_MQTT_CLIENT_CA && resolve(value.LATCHKEY_MQTT_CLIENT_CA),
    mqttPublicHost: value.LATCHKEY_MQTT_PUBLIC_HOST,
    mqttPublicPort: value.LATCHKEY_MQTT_PUBLIC_PORT,
    broker: externalBrokerSettings(value),
    home: homeSettings(value),
    keys: keySettings(value),
    adminToken: value.LATCHKEY_ADMIN_TOKEN,
    timeZone: value.LATCHKEY_TIME_ZONE,
    region: value.LATCHKEY_REGION,
    logLevel: value.LATCHKEY_LOG,
    messages: messageSettings(value),
    operations: operationsAddress(value),
    requestsAtOnce: value.LATCHKEY_REQUESTS_AT_ONCE,
    privateWebhooks: value.LATCHKEY_WEBHOOKS_PRIVATE === "yes",
    auditKeptDays: value.LATCHKEY_AUDIT_DAYS,
  };
}

function tlsOf(setting: string, certificate: string | undefined, key: string | undefined): { certificateFile: string; keyFile: string; setting: string } | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) throw new StartupError(`${setting}_CERT and ${setting}_KEY are set together or not at all.`);
  return { certificateFile: resolve(certificate), keyFile: resolve(key), setting };
}

function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1;
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { username, password, pathname, search, hash } = new URL(text);
  return username + password + search + hash === "" && pathname === "/";
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

import { pbkdf2Sync, randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { downFilter, upFilter } from "../../../protocol/topics";
import { FRAME_BYTES_MAX, KEEP_ALIVE_SECONDS_MAX, SOCKETS_MAX } from "../../limits";
import { clientOf, roleOf, rulesOf, textOf, type SecurityRule } from "./door-client";
import type { DoorLogin } from "./keep-login";

/** What the cloud logs in as. */
export const CLOUD_USER = "latchkey-cloud";
const CLOUD_ROLE = "latchkey-cloud";

export interface MosquittoSetUp {
  /** Path of the file of dynamic security, which Mosquitto writes too. */
  securityFile: string;
  /** Folder in which Mosquitto keeps what is retained. */
  dataFolder: string;
  /** Path of mosquitto_dynamic_security.so. */
  plugin: string;
  port: number;
  /** undefined: on all addresses. */
  address: string | undefined;
  /** PEM files; undefined: without TLS. */
  tls: { certificateFile: string; keyFile: string } | undefined;
}

/** A whole mosquitto.conf (2.0) for a broker that is there for doors. */
export function mosquittoConfiguration({ securityFile, dataFolder, plugin, port, address, tls }: MosquittoSetUp): string {
  const lines = [
    "# Written by `latchkey broker mosquitto`: the whole configuration of a Mosquitto that is there for doors.",
    "per_listener_settings false",
    "allow_anonymous false",
    `plugin ${plugin}`,
    `plugin_opt_config_file ${securityFile}`,
    "",
    "# Doors' states are retained; nothing else is worth keeping.",
    "persistence true",
    `persistence_location ${dataFolder}/`,
    "autosave_interval 300",
    "persistent_client_expiration 1h",
    "",
    "# Bounds: no door sends or takes more.",
    `max_packet_size ${FRAME_BYTES_MAX}`,
    `max_keepalive ${KEEP_ALIVE_SECONDS_MAX}`,
    "max_queued_messages 1000",
    "max_queued_bytes 1048576",
    "# Small messages leave at once.",
    "set_tcp_nodelay true",
    "log_type error",
    "log_type warning",
    "log_type notice",
    "",
    `listener ${port}${address === undefined ? "" : ` ${address}`}`,
    `max_connections ${SOCKETS_MAX}`,
    ...(tls === undefined ? [] : [`certfile ${tls.certificateFile}`, `keyfile ${tls.keyFile}`, "tls_version tlsv1.2"]),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The file that Mosquitto's dynamic security begins with: the cloud, which makes other logins, and the doors that there
 * are. One by one over MQTT thousands of them would take hours, since the plugin writes all it knows at each.
 * @param site hexadecimal.
 */
export function securityFile(cloudPassword: string, logins: readonly DoorLogin[], site: string): string {
  const cloud = { username: CLOUD_USER, textname: "Latchkey", ...hashed(cloudPassword), roles: [{ rolename: CLOUD_ROLE }] };
  const doors = logins.map(({ door, enrolment, password }) => ({ ...clientOf(door, enrolment, site), ...hashed(textOf(password)) }));
  return `${JSON.stringify({
    defaultACLAccess: { publishClientSend: false, publishClientReceive: false, subscribe: false, unsubscribe: true },
    clients: [cloud, ...doors],
    roles: [{ rolename: CLOUD_ROLE, acls: cloudRules() }, ...logins.map(({ door }) => ({ rolename: roleOf(door), acls: rulesOf(door) }))],
  })}\n`;
}

/** The cloud hears what doors say, speaks to them, and makes their logins. */
function cloudRules(): SecurityRule[] {
  const up = ["state", "receipt", "events", "need", "reply"] as const;
  const control = "$CONTROL/dynamic-security/#";
  return [
    ...up.flatMap((what): SecurityRule[] => [
      { acltype: "subscribeLiteral", topic: upFilter(what), allow: true },
      { acltype: "subscribeLiteral", topic: `$share/latchkey/${upFilter(what)}`, allow: true },
      { acltype: "publishClientReceive", topic: upFilter(what), allow: true },
    ]),
    { acltype: "publishClientSend", topic: downFilter("+"), allow: true },
    { acltype: "publishClientSend", topic: control, allow: true },
    { acltype: "publishClientReceive", topic: control, allow: true },
    { acltype: "subscribePattern", topic: control, allow: true },
  ];
}

/** As the plugin keeps passwords: PBKDF2 with SHA-512. They are random, so that few rounds do. */
function hashed(password: string): { password: string; salt: string; iterations: number } {
  const salt = randomBytes(12);
  return { password: pbkdf2Sync(password, salt, ITERATIONS, 64, "sha512").toString("base64"), salt: salt.toString("base64"), iterations: ITERATIONS };
}

const ITERATIONS = 101; // the plugin's own default

/** Where distributions put Mosquitto's plugin; undefined: it is none of these places. */
export function findSecurityPlugin(): string | undefined {
  const libraries = ["/usr/lib", "/usr/local/lib", "/opt/homebrew/lib", "/usr/lib64"];
  const folders = libraries.flatMap((folder) => [folder, ...(existsSync(folder) ? readdirSync(folder).filter((name) => /-linux-/.test(name)).map((name) => join(folder, name)) : [])]);
  return folders.map((folder) => join(folder, "mosquitto_dynamic_security.so")).find((path) => existsSync(path));
}

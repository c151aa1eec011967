import { downFilter } from "../../../protocol/topics";
import type { DoorLogin } from "./keep-login";
import type { SecurityCommand } from "./dynamic-security";

/** By which the clients of this cloud's doors are told from others: those are left alone. */
const TEXT_NAME = "Latchkey door";

/** What a role may do, in the plugin's words. */
export interface SecurityRule {
  acltype: "publishClientSend" | "publishClientReceive" | "subscribeLiteral" | "subscribePattern";
  topic: string;
  allow: true;
}

export function roleOf(door: string): string {
  return `latchkey-door-${door}`;
}

/** A door says what it has to say under its own `up/`, and hears its own `down/`: nothing else. */
export function rulesOf(door: string): SecurityRule[] {
  const down = downFilter(door);
  return [
    { acltype: "publishClientSend", topic: down.replace("/down/#", "/up/#"), allow: true },
    { acltype: "publishClientReceive", topic: down, allow: true },
    { acltype: "subscribeLiteral", topic: down, allow: true },
  ];
}

/** What the client of a door is known by, without its password. @param site of this cloud, hexadecimal. */
export function clientOf(door: string, enrolment: number, site: string): Record<string, unknown> & { username: string } {
  return { username: door, clientid: door, textname: TEXT_NAME, textdescription: describe(enrolment, site), roles: [{ rolename: roleOf(door), priority: 0 }] };
}

/** Of a door that the broker does not know. */
export function addCommands({ door, enrolment, password }: DoorLogin, site: string): SecurityCommand[] {
  return [
    { command: "createRole", rolename: roleOf(door), acls: rulesOf(door) },
    { command: "createClient", ...clientOf(door, enrolment, site), password: textOf(password) },
  ];
}

/** Of one that it knows: whoever is logged in by it is disconnected. */
export function changeCommands({ door, enrolment, password }: DoorLogin, site: string): SecurityCommand[] {
  return [
    { command: "modifyRole", rolename: roleOf(door), acls: rulesOf(door) },
    { command: "modifyClient", ...clientOf(door, enrolment, site), password: textOf(password) },
  ];
}

/** Whoever is logged in by it is disconnected. */
export function removeCommands(door: string): SecurityCommand[] {
  return [
    { command: "deleteClient", username: door },
    { command: "deleteRole", rolename: roleOf(door) },
  ];
}

/** Which claim of which door a client of the broker is of; undefined: none of this cloud's. */
export function readClient(client: { username: string; textname?: string | undefined; textdescription?: string | undefined }, site: string): { door: string; enrolment: number } | undefined {
  const match = /^site ([0-9a-f]{16}), enrolment ([0-9]{1,10})$/.exec(client.textdescription ?? "");
  if (client.textname !== TEXT_NAME || match === null || match[1] !== site) return undefined;
  return { door: client.username, enrolment: Number(match[2]) };
}

function describe(enrolment: number, site: string): string {
  return `site ${site}, enrolment ${enrolment}`;
}

/** Passwords are of printable ASCII (`acceptClaim`). */
export function textOf(password: Uint8Array): string {
  return Buffer.from(password).toString("latin1");
}

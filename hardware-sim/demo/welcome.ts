import { MANAGER } from "./managers";
import type { SeededPerson } from "./seed";
import type { Tenant } from "./tenants";

export interface WelcomeFacts {
  buildingUrl: string;
  cloudUrl: string;
  mqttAddress: string;
  dataFolder: string;
  /** Where the administrator's token is; undefined where the environment gave it. */
  tokenFile: string | undefined;
  people: readonly SeededPerson[];
  /** Whoever has a phone in the building. */
  tenants: readonly Tenant[];
  /** Somebody manages the house. */
  managed: boolean;
  /** Doors that have no up-to-date list yet. */
  waiting: readonly string[];
}

/** What a newcomer reads when everything is up. */
export function welcome(facts: WelcomeFacts): string {
  const { buildingUrl, cloudUrl, mqttAddress, dataFolder, tokenFile, people, tenants, managed, waiting } = facts;
  const wide = Math.max(...people.map(({ name }) => name.length), 0);
  const token = tokenFile === undefined ? "$LATCHKEY_ADMIN_TOKEN" : `$(cat ${tokenFile})`;
  const guest = people.at(-1);
  const lines = [
    "",
    "Latchkey is up. Begin here:",
    "",
    `  ${buildingUrl}   the building: doors to touch, and a story of two minutes`,
    "",
    `  Pages      ${cloudUrl}   for the manager and for residents; codes to sign in are in the building's letterbox`,
    ...(managed ? [`             sign in as ${MANAGER.email}, who manages the house${tenants.map(({ email }) => `, or as ${email}`).join("")}`] : []),
    `  API        ${cloudUrl}/api/docs   the administrator's token: ${token}`,
    `  MQTT       ${mqttAddress}`,
    `  Data       ${dataFolder}   delete it to begin anew`,
    "",
    "PINs to try at the keypads:",
    "",
    ...people.map(({ name, pin, about }) => `  ${pin}   ${name.padEnd(wide)}   ${about}`),
    "",
    "After the story:",
    "",
    "  - Type six wrong PINs: from the fifth on the keypad waits, also after a power cut. Other doors do not.",
    "  - Open with the parcel's PIN. It opens once, whatever you cut in between.",
    "  - Turn a door's clock a day back, and cut its power: it does not believe the chip against what was signed.",
    ...(guest === undefined ? [] : [`  - End the access of ${guest.name} by the API, as the README shows: the id is ${guest.id}.`]),
  ];
  if (waiting.length > 0) lines.push("", `Not yet with an up-to-date list: ${waiting.join(", ")}.`);
  lines.push("", "Ctrl-C ends. State is kept.", "");
  return lines.join("\n");
}

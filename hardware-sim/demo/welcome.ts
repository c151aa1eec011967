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
  /** Doors that have no up-to-date list yet. */
  waiting: readonly string[];
}

/** What a newcomer reads when everything is up. */
export function welcome(facts: WelcomeFacts): string {
  const { buildingUrl, cloudUrl, mqttAddress, dataFolder, tokenFile, people, tenants, waiting } = facts;
  const wide = Math.max(...people.map(({ name }) => name.length), 0);
  const guest = people[people.length - 1] as SeededPerson | undefined;
  const token = tokenFile === undefined ? "$LATCHKEY_ADMIN_TOKEN" : `$(cat ${tokenFile})`;
  const lines = [
    "",
    "Latchkey is up.",
    "",
    `  Building   ${buildingUrl}   three doors to touch, and what happens in them`,
    `  Cloud      ${cloudUrl}/api   described at ${cloudUrl}/api/docs`,
    `  MQTT       ${mqttAddress}`,
    `  Data       ${dataFolder}   delete it to begin anew`,
    "",
    "PINs to try at the keypads:",
    "",
    ...people.map(({ name, pin, about }) => `  ${pin}   ${name.padEnd(wide)}   ${about}`),
    "",
    "What to do next, in the page of the building:",
    "",
    "  1. Type Alice's PIN at the front door, pull the leaf open, close it. Follow the lines from key to relay.",
    "  2. Pull the network plug and type it again: the door decides alone.",
    "  3. Type six wrong PINs: from the fifth on the keypad waits, also after a power cut. Other doors do not.",
    "  4. Open with the parcel's PIN. It opens once, whatever you cut in between.",
  ];
  if (guest) {
    lines.push(
      `  5. Pull the garage's network plug and revoke ${guest.name}: the front door refuses at once and has acknowledged`,
      "     it, of the garage the answer says until when at most it may still open. Plug it in and ask again:",
      "",
      `       curl -sX POST ${cloudUrl}/api/revocations -H "authorization: Bearer ${token}" \\`,
      `         -H "content-type: application/json" -d '{"person":"${guest.id}"}'`,
      `       curl -s ${cloudUrl}/api/people/${guest.id}/access -H "authorization: Bearer ${token}"`,
    );
  }
  lines.push(...phoneSteps(tenants, cloudUrl, token));
  if (waiting.length > 0) lines.push("", `Not yet with an up-to-date list: ${waiting.join(", ")}.`);
  lines.push("", "Ctrl-C ends. State is kept.", "");
  return lines.join("\n");
}

/** X2 by hand: whoever taps at a door without network brings it the news. */
function phoneSteps(tenants: readonly Tenant[], cloudUrl: string, token: string): string[] {
  const leaving = tenants.find(({ person }) => person !== undefined);
  const courier = tenants.find((tenant) => tenant !== leaving && tenant.person !== undefined);
  if (!leaving || !courier) return [];
  return [
    `  6. Pull the cellar's network plug, let ${leaving.name} go there and tap: a phone opens without the cloud. Then end the lease:`,
    "",
    `       curl -sX POST ${cloudUrl}/api/leases/${leaving.person}/end -H "authorization: Bearer ${token}" \\`,
    `         -H "content-type: application/json" -d '{}'`,
    "",
    `     The cellar cannot know, and that phone still opens it. Let ${courier.name} tap there: the cellar takes the news`,
    "     from that phone, refuses the other from then on, and its acknowledgement goes back the same way.",
  ];
}

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cloudAddress, UsageError, wholeNumber } from "../building/arguments";
import type { FleetOptions } from "./fleet";

export interface FleetArguments extends FleetOptions {
  /** The site's token, where the doors are to be registered. */
  token: string | undefined;
  property: string | undefined;
  /** Where the claim texts are written. */
  claims: string | undefined;
  /** A second, of all doors together. */
  events: number;
}

const DOORS_MAX = 60_000; // ports of one address
const EVENTS_MAX = 10_000;

export const FLEET_USAGE = `Light doors for load: the real protocol over real MQTT, lists in memory; no flash, no firmware.

  npm run building -- --light --cloud http://127.0.0.1:8080 --doors 10000 --register ./data/admin-token [--property id]
                      [--claims file] [--events 0] [--ca file]

  --light     instead of the building's doors
  --doors     how many; each is a socket of this process (see "ulimit -n")
  --register  file with the site's token: the doors are registered, at a property of their own
  --property  … or at this one
  --claims    file to write the doors' claim texts to, for whoever registers them otherwise
  --events    how many doors are opened from inside, each second, all told
  --ca        PEM of the authority that signs the certificates of cloud and broker`;

/** @throws {UsageError} */
export function readFleetArguments(args: string[]): FleetArguments {
  const { cloud, doors = "1000", register, property, claims, events = "0", ca } = parse(args);
  if (cloud === undefined) throw new UsageError("--cloud is missing.");
  if (register === undefined && claims === undefined) throw new UsageError("Somebody must register the doors: give --register, or --claims.");
  return {
    cloud: cloudAddress(cloud),
    doors: wholeNumber("--doors", doors, 1, DOORS_MAX),
    token: register === undefined ? undefined : fileOf("--register", register).trim(),
    property,
    claims,
    events: wholeNumber("--events", events, 0, EVENTS_MAX),
    ...(ca !== undefined && { ca: fileOf("--ca", ca) }),
  };
}

function parse(args: string[]): Partial<Record<"cloud" | "doors" | "register" | "property" | "claims" | "events" | "ca", string>> {
  const option = { type: "string" } as const;
  try {
    return parseArgs({ args, options: { light: { type: "boolean" }, cloud: option, doors: option, register: option, property: option, claims: option, events: option, ca: option } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function fileOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${name}: cannot read ${path} (${(error as NodeJS.ErrnoException).code}).`);
  }
}

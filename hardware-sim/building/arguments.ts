import { parseArgs } from "node:util";
import type { EngineChoice } from "./engine/firmware-engine";

export interface BuildingArguments {
  cloud: URL;
  doors: string[];
  engine: EngineChoice;
  dataFolder: string;
  port: number;
  /** PEM file of the CA that signs the certificates of the cloud and its broker. */
  caFile?: string;
}

const NAMES = ["Front door", "Garage", "Cellar"];
const DOORS_MAX = 64;

export const USAGE = `Doors of virtual hardware that run the real firmware. Thousands of light ones: --light.

  npm run building -- --cloud http://127.0.0.1:8080 [--doors 3] [--engine auto|xs|node] [--data ./data/building] [--port 8090] [--ca ca.pem]

  --cloud   base address of the cloud
  --doors   how many doors, 1 to ${DOORS_MAX}
  --engine  xs: as on the real board; node: in this process; auto: XS where it was built
  --data    where the doors keep their flash
  --port    of the page that shows the building; 0 = any free one
  --ca      PEM file of the CA that the doors trust, for an https cloud; default: the authorities of this machine`;

/** What was typed makes no sense; the message says what. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function readArguments(args: string[]): BuildingArguments {
  const values = parse(args);
  const { cloud, doors = "3", engine = "auto", data = "./data/building", port = "8090", ca } = values;
  if (cloud === undefined) throw new UsageError("--cloud is missing.");
  if (engine !== "auto" && engine !== "xs" && engine !== "node") throw new UsageError("--engine is auto, xs or node.");
  const count = wholeNumber("--doors", doors, 1, DOORS_MAX);
  return {
    cloud: cloudAddress(cloud),
    doors: doorNames(count),
    engine,
    dataFolder: data,
    port: wholeNumber("--port", port, 0, 65_535),
    ...(ca !== undefined && { caFile: ca }),
  };
}

export function doorNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => NAMES[index] ?? `Door ${index + 1}`);
}

function parse(args: string[]): Partial<Record<"cloud" | "doors" | "engine" | "data" | "port" | "ca", string>> {
  const option = { type: "string" } as const;
  try {
    return parseArgs({ args, options: { cloud: option, doors: option, engine: option, data: option, port: option, ca: option } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws {UsageError} */
export function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < minimum || value > maximum) {
    throw new UsageError(`${name} is a number from ${minimum} to ${maximum}.`);
  }
  return value;
}

/** @throws {UsageError} */
export function cloudAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError("--cloud is an address such as http://127.0.0.1:8080.");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new UsageError("--cloud is an http or https address.");
  return url;
}

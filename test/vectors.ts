import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The published vectors lie beside the project and are not copied into it. */
export const VECTORS_FOLDER = process.env["LATCHKEY_VECTORS"] ?? resolve(__dirname, "../../shared/vectors");

/** Why tests on published vectors are skipped here, or undefined where they run. */
export function whyNoVectors(): string | undefined {
  if (existsSync(VECTORS_FOLDER)) return undefined;
  return `published vectors: no folder ${VECTORS_FOLDER} (LATCHKEY_VECTORS can name one)`;
}

/** The text of one vector file, such as "wycheproof/ed25519_test.json"; undefined where the folder is missing. */
export function readVectors(path: string): string | undefined {
  if (whyNoVectors() !== undefined) return undefined;
  return readFileSync(join(VECTORS_FOLDER, path), "utf8");
}

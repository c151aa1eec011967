/** `npm run vectors`: writes protocol/vectors.json anew, one vector a line. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintVectors } from "./minted-vectors";

/** @param depth levels of which each entry gets a line. */
function lines(value: object, depth: number): string {
  const entry = (item: unknown): string => (depth > 1 && Array.isArray(item) ? lines(item, depth - 1) : JSON.stringify(item));
  if (Array.isArray(value)) return `[\n${value.map(entry).join(",\n")}\n]`;
  return `{\n${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${entry(item)}`).join(",\n")}\n}`;
}

const { vectors, ...rest } = mintVectors();
const sections = Object.entries({ ...rest, vectors }).map(([name, content]) => `${JSON.stringify(name)}: ${lines(content, name === "vectors" ? 2 : 1)}`);
writeFileSync(join(__dirname, "../../protocol/vectors.json"), `{\n${sections.join(",\n")}\n}\n`);

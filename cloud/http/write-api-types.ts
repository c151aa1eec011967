import { writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import type { ApiParts } from "./api";
import { describeApi } from "./api-document";
import { createApp } from "./app";

/** Writes the types that the pages have of the API (web/api/schema.d.ts, not kept): part of `npm run check`. */
async function main(): Promise<void> {
  // Routes read their parts when a request comes; describing them takes none.
  const document = describeApi(createApp({} as ApiParts));
  const types = await openapiTS(document as unknown as OpenAPI3);
  writeFileSync(join(__dirname, "../web/api/schema.d.ts"), astToString(types));
}

void main();

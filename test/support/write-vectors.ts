/** `npm run vectors`: writes protocol/vectors.json anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mintVectors } from "./minted-vectors";

writeFileSync(join(__dirname, "../../protocol/vectors.json"), `${JSON.stringify(mintVectors(), undefined, 2)}\n`);

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readPrivateFile, writePrivateFile } from "./keys/private-file";
import { ADMIN_TOKEN_CHARACTERS_MIN } from "./limits";
import type { Settings } from "./settings";
import { StartupError } from "./startup-error";

/** The one administrator's token: until there are accounts, whoever has it may do everything. */
export interface AdminToken {
  token: string;
  /** Where it is kept; undefined where the environment gave it. */
  file: string | undefined;
  matches(candidate: string): boolean;
}

/** Takes the token from the settings, or from the data folder, where the first start makes one. */
export function loadAdminToken(settings: Settings): AdminToken {
  if (settings.adminToken !== undefined) return adminToken(settings.adminToken, undefined);
  const file = join(settings.dataFolder, "admin-token");
  if (!existsSync(file)) writePrivateFile(file, `${randomBytes(24).toString("base64url")}\n`);
  const token = readPrivateFile(file, "administrator's token").trim();
  if (token.length < ADMIN_TOKEN_CHARACTERS_MIN) throw new StartupError(`The administrator's token in ${file} is shorter than ${ADMIN_TOKEN_CHARACTERS_MIN} characters; delete the file to get a new one.`);
  return adminToken(token, file);
}

function adminToken(token: string, file: string | undefined): AdminToken {
  const digest = sha256(token);
  // Digests have one length, so the comparison's time tells nothing.
  return { token, file, matches: (candidate) => timingSafeEqual(digest, sha256(candidate)) };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

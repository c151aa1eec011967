import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { StartupError } from "../startup-error";

/** The database of a backup, whatever engine it came from. */
export const DATABASE_FILE = "latchkey.sqlite";
export const KEYSTORE_FILE = "keystore.json";
export const TOKEN_FILE = "admin-token";
export const MANIFEST_FILE = "manifest.json";

const manifest = z.strictObject({
  format: z.literal("latchkey-backup/1"),
  madeAt: z.iso.datetime(),
  site: z.string().regex(/^[0-9a-f]{16}$/),
  /** Of the database: how many steps its history has. */
  schema: z.int().min(1),
  /** Where it came from. */
  engine: z.enum(["sqlite", "postgresql"]),
  /** The audit's chain, up to its newest entry. */
  audit: z.strictObject({ entries: z.int().min(0), head: z.string().nullable() }),
  files: z.array(z.strictObject({ name: z.enum([DATABASE_FILE, KEYSTORE_FILE, TOKEN_FILE]), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).min(1),
});
/** What a backup holds, and how it was: written last, so that a folder with one is whole. */
export type BackupManifest = z.infer<typeof manifest>;

/** @returns what was written of a file into a manifest. */
export function describeFile(folder: string, name: BackupManifest["files"][number]["name"]): BackupManifest["files"][number] {
  const { bytes, sha256 } = digest(join(folder, name));
  return { name, bytes, sha256 };
}

/** Reads a backup's manifest, and holds each file against it. @throws StartupError in one line. */
export function checkBackup(folder: string): BackupManifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) throw new StartupError(`${folder} is no backup: it has no ${MANIFEST_FILE}, which is written last.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new StartupError(`The manifest ${path} is damaged.`);
  }
  const result = manifest.safeParse(parsed);
  if (!result.success) throw new StartupError(`The manifest ${path} is damaged, or of a later version, at "${result.error.issues[0].path.join(".")}".`);
  for (const { name, bytes, sha256 } of result.data.files) {
    if (!existsSync(join(folder, name))) throw new StartupError(`The backup ${folder} lacks ${name}.`);
    const found = digest(join(folder, name));
    if (found.bytes !== bytes || found.sha256 !== sha256) throw new StartupError(`The backup's ${name} is not as it was written: another backup must serve.`);
  }
  if (!result.data.files.some(({ name }) => name === DATABASE_FILE)) throw new StartupError(`The backup ${folder} has no database.`);
  return result.data;
}

/** A piece at a time: databases may be larger than memory. */
function digest(path: string): { bytes: number; sha256: string } {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1_048_576);
  const file = openSync(path, "r");
  try {
    let bytes = 0;
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    closeSync(file);
  }
}

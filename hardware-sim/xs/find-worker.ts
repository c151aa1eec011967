import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** XS cannot run here; `message` says why, in words for whoever installed the project. */
export class XsUnavailableError extends Error {
  override readonly name = "XsUnavailableError";
  constructor(reason: string) {
    super(`XS is not available: ${reason}`);
  }
}

/** Directory names of xsnap's own make files. */
const BUILD_FOLDERS: Partial<Record<NodeJS.Platform, string>> = { linux: "lin", darwin: "mac" };

/**
 * Path of the `xsnap-worker` that npm built when it installed @agoric/xsnap. The package is an optional
 * dependency because it needs a C compiler; without it everything else of the project still works.
 * @throws {XsUnavailableError} package not installed, worker not built, or no such platform.
 */
export function findXsWorker(): string {
  const folder = BUILD_FOLDERS[process.platform];
  if (folder === undefined) throw new XsUnavailableError(`@agoric/xsnap has no build for ${process.platform}`);
  let packageFolder: string;
  try {
    packageFolder = dirname(require.resolve("@agoric/xsnap/package.json"));
  } catch {
    throw new XsUnavailableError("the optional package @agoric/xsnap is not installed (npm install --include=optional)");
  }
  const worker = join(packageFolder, "xsnap-native/xsnap/build/bin", folder, "release/xsnap-worker");
  if (!existsSync(worker)) {
    throw new XsUnavailableError(
      "@agoric/xsnap is installed but its worker was not built; it needs make and gcc 10 or clang (npm rebuild @agoric/xsnap)",
    );
  }
  return worker;
}

/** Why XS cannot run here, or undefined where it can. */
export function whyNoXs(): string | undefined {
  try {
    findXsWorker();
    return undefined;
  } catch (error) {
    if (error instanceof XsUnavailableError) return error.message;
    throw error;
  }
}

import { SourceMap, type SourceMapPayload } from "node:module";
import { build } from "esbuild";

/** A program as one script, with what leads its lines back to the sources. */
export interface XsBundle {
  script: string;
  /** Replaces XS's `(#1:line)` in a stack by the line of the source file. */
  explainStack(stack: string): string;
}

/** Either a file, or a source text together with the folder against which it imports. */
export type BundleEntry = { file: string } | { source: string; folder: string };

/** What this version of XS takes as it stands. */
const LANGUAGE = "es2022";

/**
 * Bundles a TypeScript program for XS. The platform is neutral: an import of a Node module, or of anything else
 * that is not in the bundle, is an error here and not a surprise in the engine.
 * @throws {Error} with esbuild's list of what did not resolve or parse.
 */
export async function bundleForXs(entry: BundleEntry): Promise<XsBundle> {
  const built = await build({
    ...("file" in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.source, resolveDir: entry.folder, sourcefile: "entry.ts", loader: "ts" } }),
    bundle: true,
    write: false,
    outfile: "bundle.js",
    format: "iife",
    platform: "neutral",
    target: LANGUAGE,
    mainFields: ["module", "main"],
    sourcemap: "external",
    sourcesContent: false,
    // The names in stacks and in the costs of functions stay those of the sources.
    minify: false,
    logLevel: "silent",
  });
  const text = (suffix: string): string => built.outputFiles.find((file) => file.path.endsWith(suffix))!.text;
  const map = new SourceMap(JSON.parse(text(".map")) as SourceMapPayload);
  return { script: text(".js"), explainStack: (stack) => explain(stack, map) };
}

function explain(stack: string, map: SourceMap): string {
  return stack.replace(/\(#\d+:(\d+)\)/g, (place, line: string) => {
    // XS knows no columns; a bundled line begins in the source line that it came from.
    const entry = map.findEntry(Number(line) - 1, Number.MAX_SAFE_INTEGER);
    return "originalSource" in entry ? `(${entry.originalSource}:${entry.originalLine + 1})` : place;
  });
}

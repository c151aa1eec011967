import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type BuildOptions } from "esbuild";

const WEB = join(__dirname, "../../web");

export interface PageFile {
  type: string;
  content: Uint8Array;
  /** Its name changes with its content, so browsers may keep it. */
  lasting: boolean;
}

/** The pages as they are served: files by their path. */
export interface BuiltPages {
  files: ReadonlyMap<string, PageFile>;
  /** The document behind every address of theirs. */
  document: Uint8Array;
}

const OPTIONS = { bundle: true, minify: true, target: ["chrome123", "safari17.5", "firefox128"], logLevel: "silent", absWorkingDir: WEB } satisfies BuildOptions;
const STATIC: readonly [name: string, type: string][] = [
  ["icon.svg", "image/svg+xml"],
  ["manifest.webmanifest", "application/manifest+json"],
];

let built: Promise<BuiltPages> | undefined;

/**
 * The pages, made of their sources once a process: some tenths of a second, so that there is no step between a
 * checkout and a running site, and no file beside the sources that could be older than they are.
 */
export function builtPages(): Promise<BuiltPages> {
  return (built ??= buildPages());
}

async function buildPages(): Promise<BuiltPages> {
  const bundle = await build({
    ...OPTIONS,
    write: false,
    entryPoints: ["main.tsx", "styles.css"],
    outdir: join(WEB, "assets"),
    format: "esm",
    splitting: true,
    metafile: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
  });
  const files = new Map<string, PageFile>();
  for (const { path, contents } of bundle.outputFiles) {
    files.set(`/assets/${basename(path)}`, { type: path.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8", content: contents, lasting: true });
  }
  for (const [name, type] of STATIC) files.set(`/${name}`, { type, content: readFileSync(join(WEB, name)), lasting: false });
  const entry = (source: string): string => {
    const [path] = Object.entries(bundle.metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)!;
    return `/assets/${basename(path)}`;
  };
  const html = readFileSync(join(WEB, "index.html"), "utf8").replace("%styles%", entry("styles.css")).replace("%script%", entry("main.tsx"));
  return { files, document: new TextEncoder().encode(html) };
}

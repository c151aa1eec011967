import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { build, type BuildOptions, type Metafile } from "esbuild";

const WEB = join(__dirname, "../../web");

export interface PageFile {
  type: string;
  content: Uint8Array;
  /** Its name changes with its content, so browsers may keep it. */
  lasting: boolean;
  /** undefined: does not get smaller. */
  gzipped: Uint8Array | undefined;
  /** Of the content, quoted. */
  etag: string;
}

/** The pages as they are served: files by their path. */
export interface BuiltPages {
  files: ReadonlyMap<string, PageFile>;
  /** The document behind every address of theirs. */
  document: PageFile;
  /** What became of which sources, for the tests of what a page weighs. */
  metafile: Metafile;
}

const OPTIONS = { bundle: true, minify: true, target: ["chrome123", "safari17.5", "firefox128"], logLevel: "silent", absWorkingDir: WEB, write: false } satisfies BuildOptions;
const STATIC: readonly [name: string, type: string][] = [
  ["icon.svg", "image/svg+xml"],
  ["icons/icon-180.png", "image/png"],
  ["icons/icon-192.png", "image/png"],
  ["icons/icon-512.png", "image/png"],
  ["icons/icon-maskable-512.png", "image/png"],
  ["manifest.webmanifest", "application/manifest+json"],
];
const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

let built: Promise<BuiltPages> | undefined;

/**
 * The pages, made of their sources once a process: some tenths of a second, so that there is no step between a
 * checkout and a running site, and no file beside the sources that could be older than they are.
 */
export function builtPages(): Promise<BuiltPages> {
  return (built ??= buildPages());
}

async function buildPages(): Promise<BuiltPages> {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
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
  for (const { path, contents } of outputFiles) files.set(`/assets/${basename(path)}`, await pageFile(path.endsWith(".css") ? "text/css; charset=utf-8" : SCRIPT, contents, true));
  for (const [name, type] of STATIC) files.set(`/${name}`, await pageFile(type, readFileSync(join(WEB, name))));
  const entry = (source: string): string => {
    const [path] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)!;
    return `/assets/${basename(path)}`;
  };
  const html = readFileSync(join(WEB, "index.html"), "utf8").replace("%styles%", entry("styles.css")).replace("%script%", entry("main.tsx"));
  const document = await pageFile(HTML, Buffer.from(html));
  files.set("/service-worker.js", await serviceWorker(files, document));
  return { files, document, metafile };
}

/** Knows every file of its build by name; its own bytes differ whenever theirs do, which is how browsers find a new version. */
async function serviceWorker(files: ReadonlyMap<string, PageFile>, document: PageFile): Promise<PageFile> {
  const name = createHash("sha256");
  for (const [path, { etag }] of files) name.update(`${path} ${etag}\n`);
  const define = { BUILD: JSON.stringify(name.update(document.etag).digest("hex").slice(0, 16)), FILES: JSON.stringify([...files.keys()]) };
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: ["service-worker.ts"], format: "iife", define });
  return pageFile(SCRIPT, outputFiles[0].contents);
}

const compress = promisify(gzip);

async function pageFile(type: string, content: Uint8Array, lasting = false): Promise<PageFile> {
  const gzipped = /^image\/png/.test(type) ? undefined : await compress(content, { level: 9 });
  return { type, content, lasting, gzipped, etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"` };
}

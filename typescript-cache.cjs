/**
 * ts-node's way from TypeScript to JavaScript, with what came out kept in node_modules/.cache: compiling takes some
 * seconds for each process that loads the cloud, and the tests are many processes. One entry for each source, checked
 * by the hash of all that it was made from, so nothing old is ever used.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const ts = require("typescript");

const FOLDER = join(__dirname, "node_modules", ".cache", "latchkey-typescript");
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

exports.create = ({ service }) => {
  const { options } = service.config;
  const settings = JSON.stringify([ts.version, process.version, options]);
  return {
    transpile(input, { fileName }) {
      const file = join(FOLDER, sha256(fileName).slice(0, 32));
      const key = sha256(settings + "\0" + input);
      const known = read(file);
      if (known?.key === key) return known.output;
      const { outputText, sourceMapText } = ts.transpileModule(input, { fileName, compilerOptions: options });
      const output = { outputText, sourceMapText };
      keep(file, { key, output });
      return output;
    },
  };
};

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // not there, or cut off
  }
}

function keep(file, entry) {
  try {
    mkdirSync(FOLDER, { recursive: true });
    // Other processes read meanwhile.
    const own = `${file}.${process.pid}`;
    writeFileSync(own, JSON.stringify(entry));
    renameSync(own, file);
  } catch {
    // A folder that cannot be written to: slower, and right.
  }
}

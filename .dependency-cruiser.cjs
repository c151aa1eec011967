/**
 * Imports run one way: protocol ← firmware ← hardware-sim, and protocol ← cloud, phone, fob; simulation/ stands on all of them. Held by `npm run check` and by
 * test/import-directions.test.ts.
 */

const { builtinModules } = require("node:module");

/** What comes with the Moddable SDK and exists on a board only. */
const MODDABLE = "^(embedded:|ssl/|ssl-sdk/|(ber|crypt|ecdsa|hmac|pkcs1_5|rng|time|timer|x509|mc/config)$)";
const NODE = `^(node:|(${builtinModules.join("|")})$)`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "protocol-is-pure",
      comment: "Formats and rules run on XS, Node and browsers alike: protocol/ imports itself and @noble/* only.",
      severity: "error",
      from: { path: "^protocol/" },
      to: { pathNot: ["^protocol/", "^node_modules/@noble/"] },
    },
    {
      name: "firmware-stands-on-protocol",
      comment: "The controller reaches its board through the Device and nothing else: no npm package, no Node.",
      severity: "error",
      from: { path: "^firmware/", pathNot: "^firmware/esp32/" },
      to: { pathNot: ["^protocol/", "^firmware/(?!esp32/)"] },
    },
    {
      name: "board-is-moddable",
      comment: "firmware/esp32 makes a Device of Moddable's modules; it knows the controller and the SDK.",
      severity: "error",
      from: { path: "^firmware/esp32/" },
      to: { pathNot: ["^protocol/", "^firmware/", MODDABLE] },
    },
    {
      name: "moddable-only-on-boards",
      comment: "Modules of the SDK are for firmware/esp32 and hardware-sim/moddable-lin. Elsewhere `import type` at most.",
      severity: "error",
      from: { pathNot: "^(firmware/esp32|hardware-sim/moddable-lin)/" },
      to: { path: MODDABLE, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "moddable-app-is-portable",
      comment: "Whatever the Linux app under Moddable reaches runs on XS: no Node, no npm but @noble/ed25519.",
      severity: "error",
      from: { path: "^hardware-sim/moddable-lin/" },
      to: { reachable: true, path: [NODE, "^node_modules/(?!@noble/ed25519/|@moddable/)", "^cloud/"] },
    },
    {
      name: "board-without-software-hashes",
      comment:
        "@noble/hashes/sha2 writes to arrays of its module, which are read-only once preloaded: a board brings native hashes, " +
        "and nothing that it loads may import it.",
      severity: "error",
      from: { path: "^(firmware|hardware-sim/moddable-lin)/" },
      to: { reachable: true, path: "^node_modules/@noble/hashes/" },
    },
    {
      name: "phone-stands-on-protocol",
      comment: "The phone runs in browsers, native shells and Node alike: it imports the protocol and itself.",
      severity: "error",
      from: { path: "^phone/" },
      to: { pathNot: ["^protocol/", "^phone/"] },
    },
    {
      name: "fob-stands-on-protocol",
      comment: "A fob's logic runs on XS as a door's does, of whose board it knows the shapes of ECMA-419 only.",
      severity: "error",
      from: { path: "^fob/" },
      to: { pathNot: ["^protocol/", "^fob/", "^firmware/(device|work-queue)\\.ts$"] },
    },
    {
      name: "simulation-without-cloud",
      comment: "Simulated doors reach a cloud over MQTT and HTTP, as real ones do; only the demo starts both.",
      severity: "error",
      from: { path: "^hardware-sim/", pathNot: "^hardware-sim/demo\\.ts$" },
      to: { path: "^cloud/" },
    },
    {
      name: "cloud-without-doors",
      comment: "The cloud knows doors by their messages, not by their code.",
      severity: "error",
      from: { path: "^cloud/", pathNot: "^cloud/web/" },
      to: { path: "^(firmware|hardware-sim|phone|fob|cloud/web)/" },
    },
    {
      name: "pages-know-the-api",
      comment: "The pages run in browsers: what they know of the cloud they know by its HTTP API; phone keys are the phone's library.",
      severity: "error",
      from: { path: "^cloud/web/" },
      to: { pathNot: ["^cloud/web/", "^phone/", "^protocol/", "^node_modules/(preact|preact-iso|openapi-fetch|@simplewebauthn/browser|uqr)/"] },
    },
    {
      name: "simulation-is-portable",
      comment: "The simulated world runs on XS as well: no Node, no npm. Its command line and the runner of mutants do not.",
      severity: "error",
      from: { path: "^simulation/", pathNot: "^simulation/(main\\.ts$|mutants/)" },
      to: { reachable: true, path: [NODE, "^node_modules/(?!@noble/)"] },
    },
    {
      name: "reference-shares-nothing",
      comment: "The naive model is worth something only while it shares no code with what it judges (I7).",
      severity: "error",
      from: { path: "^simulation/reference/" },
      to: { pathNot: "^simulation/reference/" },
    },
    {
      name: "nothing-stands-on-the-simulation",
      comment: "The simulation is a root beside the demo: it imports firmware and cloud rules, and nobody but tests imports it.",
      severity: "error",
      from: { pathNot: "^(simulation|test)/" },
      to: { path: "^simulation/" },
    },
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { path: "^test/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "only-listed-packages",
      comment: "A package that package.json does not name is there by accident.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "everything-resolves",
      comment: "web/api/schema.d.ts is made by `npm run check`, out of the API's description.",
      severity: "error",
      from: { pathNot: "^cloud/web/api/" },
      to: { couldNotResolve: true, pathNot: MODDABLE },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules/" },
    // Types count: an `import type` across a border is a dependency of the reader all the same.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};

import { builtinModules } from "node:module";
import tseslint from "typescript-eslint";

/** What runs on a board: everything here must live without Node's globals, promises and names of functions. */
const ON_BOARD = ["protocol/**/*.ts", "firmware/**/*.ts", "fob/**/*.ts", "hardware-sim/moddable-lin/**/*.ts", "hardware-sim/virtual-*.ts", "hardware-sim/radio/!(simulated-*).ts", "hardware-sim/ecma-*.ts", "hardware-sim/{board-session,power-supply,mqtt-packet}.ts", "simulation/reference/**/*.ts", "simulation/cloud/*.ts", "simulation/!(main).ts"];

const NOT_ON_BOARD = [
  ...["Buffer", "process", "global", "require", "module", "__dirname", "__filename", "console", "performance", "crypto", "fetch"],
  ...["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval", "clearImmediate", "queueMicrotask", "structuredClone"],
  ...["TextEncoder", "TextDecoder", "URL", "URLSearchParams", "AbortController", "Event", "EventTarget", "atob", "btoa"],
];

/**
 * XS strips functions of `name` and `length` ("strip": "*"), so code that reads them works under Node and fails on
 * the board.
 */
const noFunctionNames = {
  meta: { type: "problem", schema: [], messages: { stripped: "Functions have no {{property}} on the board (XS strips it)." } },
  create(context) {
    const { program, esTreeNodeToTSNodeMap } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    return {
      "MemberExpression[computed=false][property.name=/^(name|length)$/]"(node) {
        const type = checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node.object));
        if (type.getCallSignatures().length === 0 && type.getConstructSignatures().length === 0) return;
        context.report({ node, messageId: "stripped", data: { property: node.property.name } });
      },
    };
  },
};

/**
 * To XS a BigInt that lies in flash is strictly unequal to the same one in RAM (seen with SDK 8.2.3; `<` and `>` are
 * right), so a constant of a preloaded module never equals what was computed.
 */
const noBigIntConstantEquality = {
  meta: { type: "problem", schema: [], messages: { flash: "On a board a BigInt constant of a module equals nothing: compare the difference with 0n." } },
  create(context) {
    const { program, esTreeNodeToTSNodeMap } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const isConstant = (node) => {
      if (node.type !== "Identifier" || !/^bigint$|^\d+n$/.test(checker.typeToString(checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node))))) return false;
      for (let scope = context.sourceCode.getScope(node); scope; scope = scope.upper) {
        if (scope.set.has(node.name)) return scope.type === "module";
      }
      return false;
    };
    return {
      "BinaryExpression[operator=/^[!=]==?$/]"(node) {
        if (isConstant(node.left) || isConstant(node.right)) context.report({ node, messageId: "flash" });
      },
    };
  },
};

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/*.{js,cjs,mjs}", "**/*.d.ts", "test/vectors/**"] },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ["./tsconfig.json", "./tsconfig.moddable.json", "./hardware-sim/building/page/tsconfig.json", "./phone/browser/tsconfig.json", "./cloud/web/tsconfig.json"], tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } }],
      "no-restricted-syntax": ["error", { selector: "ExportAllDeclaration", message: "No barrels." }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // ECMA-419 hands callbacks over as methods of an options object; whoever takes one apart calls it with `.call`.
      "@typescript-eslint/unbound-method": "off",
      // tsc says so already, and lets `_unused` pass.
      "@typescript-eslint/no-unused-vars": "off",
      // A class expression that closes over the object around it has no other way to name that.
      "@typescript-eslint/no-this-alias": "off",
    },
  },
  {
    files: ["protocol/**/*.ts", "firmware/**/*.ts", "cloud/**/*.{ts,tsx}"],
    rules: { "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }] },
  },
  {
    // Only these run again what collided with another process, and know which transactions are read-only.
    files: ["cloud/**/*.ts"],
    ignores: ["cloud/store/transaction.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "No barrels." },
        { selector: "CallExpression[callee.property.name=/^(transaction|startTransaction)$/]", message: "inTransaction and inSnapshot of store/transaction.ts." },
      ],
    },
  },
  {
    // A component returns what JSX returns, and handlers of events may be asynchronous: what they throw reaches the window.
    files: ["**/*.tsx"],
    rules: { "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }] },
  },
  {
    // XS calls the default export of the main module when the machine starts; those of tls/ are the SDK's interfaces.
    files: ["firmware/esp32/main.ts", "firmware/esp32/tls/*.ts", "hardware-sim/moddable-lin/main.ts"],
    rules: { "no-restricted-exports": "off" },
  },
  {
    // The SDK's build checks each file by itself and finds what the project declares no other way.
    files: ["firmware/esp32/**/*.ts"],
    rules: { "@typescript-eslint/triple-slash-reference": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Answers and vectors are JSON of any shape; the assertions are the check.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-base-to-string": "off",
      // Case files are loaded by name.
      "@typescript-eslint/no-require-imports": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "@typescript-eslint/consistent-type-imports": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ON_BOARD,
    plugins: { latchkey: { rules: { "no-function-names": noFunctionNames, "no-bigint-constant-equality": noBigIntConstantEquality } } },
    rules: {
      "latchkey/no-function-names": "error",
      "latchkey/no-bigint-constant-equality": "error",
      "no-restricted-globals": ["error", ...NOT_ON_BOARD.map((name) => ({ name, message: "It does not exist on a board." }))],
      "no-restricted-imports": ["error", { paths: builtinModules, patterns: ["node:*"] }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "No barrels." },
        { selector: "AwaitExpression", message: "Callbacks and WorkQueue generators: an unhandled rejection is lost on XS." },
        { selector: ":function[async=true]", message: "Callbacks and WorkQueue generators: an unhandled rejection is lost on XS." },
        { selector: "Identifier[name='Promise']", message: "Callbacks and WorkQueue generators: an unhandled rejection is lost on XS." },
        { selector: "Program > VariableDeclaration[kind='let']", message: "Preloaded modules lie in read-only flash: no mutable module state." },
        { selector: "ExportNamedDeclaration > VariableDeclaration[kind='let']", message: "Preloaded modules lie in read-only flash: no mutable module state." },
        { selector: "Literal[regex]", message: "Regular expressions of preloaded modules leak and damage memory (SDK 8.2.3)." },
        { selector: "Identifier[name='RegExp']", message: "Regular expressions cost a board too much memory." },
        { selector: "PropertyDefinition[static=true][readonly!=true]", message: "Preloaded classes lie in read-only flash: static fields are readonly." },
      ],
    },
  },
);

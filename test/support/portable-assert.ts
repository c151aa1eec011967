/** The assertions of case files: the same code decides under Node and under XS. */
export interface Assert {
  /** The same value (`Object.is`). */
  is(actual: unknown, expected: unknown, message?: string): void;
  not(actual: unknown, expected: unknown, message?: string): void;
  true(actual: unknown, message?: string): void;
  false(actual: unknown, message?: string): void;
  /** The same structure: bytes, arrays, maps, sets and plain objects, in depth. */
  deepEqual(actual: unknown, expected: unknown, message?: string): void;
  /** `run` throws; with a code, an error that carries that code (ProtocolError). Gives what was thrown. */
  throws(run: () => unknown, code?: string, message?: string): unknown;
  notThrows(run: () => unknown, message?: string): void;
  fail(message: string): never;
}

export const assert: Assert = {
  is(actual, expected, message) {
    if (!Object.is(actual, expected)) fail(message, `${describe(actual)} is not ${describe(expected)}`);
  },
  not(actual, expected, message) {
    if (Object.is(actual, expected)) fail(message, `is ${describe(actual)}`);
  },
  true(actual, message) {
    if (actual !== true) fail(message, `${describe(actual)} is not true`);
  },
  false(actual, message) {
    if (actual !== false) fail(message, `${describe(actual)} is not false`);
  },
  deepEqual(actual, expected, message) {
    const difference = differ(actual, expected, "");
    if (difference !== undefined) fail(message, difference);
  },
  throws(run, code, message) {
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error ?? new Error(`threw ${String(error)}`);
    }
    if (thrown === undefined) fail(message, `threw nothing${code === undefined ? "" : `, not ${code}`}`);
    const actual = (thrown as { code?: unknown }).code;
    if (code !== undefined && actual !== code) fail(message, `threw ${describe(actual)}, not ${code}: ${String(thrown)}`);
    return thrown;
  },
  notThrows(run, message) {
    try {
      run();
    } catch (error) {
      fail(message, `threw ${String(error)}`);
    }
  },
  fail(message) {
    return fail(undefined, message);
  },
};

function fail(message: string | undefined, what: string): never {
  throw new Error(message === undefined ? what : `${message}: ${what}`);
}

/** Where two values differ first, in words; undefined where they are alike. */
function differ(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const at = path === "" ? "" : ` at ${path}`;
  const different = `${describe(actual)} is not ${describe(expected)}${at}`;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) return different;
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return different;
  if (actual instanceof ArrayBuffer) return differ(new Uint8Array(actual), new Uint8Array(expected as ArrayBuffer), path);
  if (ArrayBuffer.isView(actual)) return hex(actual) === hex(expected as ArrayBufferView) ? undefined : different;
  if (actual instanceof Map || actual instanceof Set) {
    return differ([...actual], [...(expected as Iterable<unknown>)], `${path}[entries]`);
  }
  const keys = Object.keys(actual);
  const others = Object.keys(expected);
  if (keys.length !== others.length) return `${different} (keys ${keys.join()} and ${others.join()})`;
  for (const key of keys) {
    if (!Object.hasOwn(expected, key)) return `${different} (key ${key})`;
    const inner = differ((actual as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key], `${path}.${key}`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const MAX_DESCRIPTION = 300;

function describe(value: unknown): string {
  const text = describeWhole(value);
  return text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION)}… (${text.length} characters)` : text;
}

function describeWhole(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return String(value);
  if (value instanceof ArrayBuffer) return `bytes ${hex(new Uint8Array(value))}`;
  if (ArrayBuffer.isView(value)) return `bytes ${hex(value)}`;
  if (Array.isArray(value)) return `[${value.map(describeWhole).join(", ")}]`;
  return `{${Object.entries(value).map(([key, item]) => `${key}: ${describeWhole(item)}`).join(", ")}}`;
}

function hex(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += (bytes[i] + 256).toString(16).slice(1);
  return text;
}

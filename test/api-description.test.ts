import test from "ava";
import type { ApiDocument, Operation, Schema } from "../cloud/http/api-document";
import { apiPage } from "../cloud/http/api-page";
import { exampleOf } from "../cloud/http/api-schema-page";
import { PROBLEMS } from "../cloud/refusal";
import { CloudRig } from "./support/cloud-rig";

let rig: CloudRig;
let document: ApiDocument;
let page: string;

test.before(async () => {
  rig = await CloudRig.start();
  document = (await rig.request("GET", "/api/openapi.json", { headers: { authorization: "" } })).body as ApiDocument;
  page = (await rig.request("GET", "/api/docs", { headers: { authorization: "" } })).body as string;
});
test.after.always(() => rig.stop());

const operations = (): [string, string, Operation][] => Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]));

/** Every schema within, with the path to it. */
function* schemasIn(value: unknown, path: string): Generator<[string, Schema]> {
  if (typeof value !== "object" || value === null) return;
  yield [path, value];
  for (const [key, each] of Object.entries(value)) if (key !== "example" && key !== "default") yield* schemasIn(each, `${path}/${key}`);
}

test("every route says what it does, for whom, and what it answers", (t) => {
  t.true(operations().length > 100);
  const tags = document.tags.map(({ name }) => name);
  for (const [method, path, operation] of operations()) {
    const title = `${method} ${path}`;
    t.regex(operation.summary, /^[A-Z].{5,}[^.]$/, title);
    t.true(operation.tags.length === 1 && tags.includes(operation.tags[0]), `${title}: ${operation.tags.join()}`);
    const answers = Object.entries(operation.responses);
    t.true(answers.some(([status]) => status.startsWith("2")), title);
    t.true(answers.every(([, { description }]) => /^[A-Z].*\.$/.test(description)), title);
    t.is(operation.responses["default"].content?.["application/problem+json"].schema.$ref, "#/components/schemas/Problem", title);
    const named = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
    t.deepEqual((operation.parameters ?? []).filter((each) => each.in === "path").map(({ name }) => name).sort(), named.sort(), title);
    for (const caller of (operation.security ?? document.security).flatMap((each) => Object.keys(each))) t.true(caller in document.components.securitySchemes, title);
  }
  t.deepEqual(document.tags.filter(({ name }) => !operations().some(([, , { tags: own }]) => own.includes(name))), []);
  t.deepEqual(Object.keys(document.components.schemas["Problem"].properties!["code"]["x-enumDescriptions"]!), Object.keys(PROBLEMS));
});

test("patterns are JSON Schema's, and examples match them", (t) => {
  for (const [path, { pattern, example, type, minLength = 0, maxLength = Infinity }] of schemasIn(document, "")) {
    if (type !== "string") continue;
    if (pattern !== undefined) t.regex(pattern, /^\^.*\$$/, path);
    if (pattern !== undefined && example !== undefined) t.regex(example as string, new RegExp(pattern, "u"), path);
    if (example !== undefined) t.true((example as string).length >= minLength && (example as string).length <= maxLength, path);
  }
});

test.serial("the examples of bodies pass the schemas that validate", async (t) => {
  let asked = 0;
  for (const [method, path, { requestBody, parameters = [] }] of operations()) {
    const content = requestBody?.content["application/json"];
    if (content === undefined) continue;
    const target = parameters.filter((each) => each.in === "path").reduce((text, each) => text.replace(`{${each.name}}`, String(each.schema.example)), path);
    const body = JSON.stringify(exampleOf(content.schema, document.components.schemas, false));
    const named = parameters.filter((each) => each.in === "header" && each.required).map(({ name, schema }) => [name, String(schema.example)]);
    const answer = await rig.request(method.toUpperCase(), target, { body, headers: { "content-type": "application/json", ...Object.fromEntries(named) } });
    t.not(answer.body.code, "invalid-request", `${method} ${path} ${body}: ${JSON.stringify(answer.body)}`);
    t.true(answer.status < 500, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    asked++;
  }
  t.true(asked > 40);
});

test.serial("whom a route is not for is refused", async (t) => {
  const property = (await rig.post("/properties", { name: "Here" })).id as string;
  const { token } = await rig.post("/tokens", { property, name: "Sync" });
  const callers = { site: rig.cloud.adminToken.token, program: token as string };
  for (const [method, path, operation] of operations()) {
    const content = operation.requestBody?.content["application/json"];
    const query = (operation.parameters ?? []).filter((each) => each.in === "query" && each.required).map(({ name }) => `?${name}=${property}`);
    const target = path.replace("{property}", property).replace(/\{[^}]*\}/g, "0".repeat(16)) + query.join("");
    const body = content === undefined ? undefined : JSON.stringify(exampleOf(content.schema, document.components.schemas, false));
    const [type = "application/json"] = Object.keys(operation.requestBody?.content ?? {});
    const ask = async (authorization: string) => rig.request(method.toUpperCase(), target, { ...(body !== undefined && { body }), headers: { authorization, ...(method !== "get" && { "content-type": type }) } });
    const allowed = (operation.security ?? document.security).flatMap((each) => Object.keys(each));
    if (allowed.length === 0) {
      t.not((await ask("")).body.code, "unauthorized", `${method} ${path}`);
      continue;
    }
    t.is((await ask("")).body.code, "unauthorized", `${method} ${path}`);
    for (const [caller, secret] of Object.entries(callers)) {
      if (allowed.includes(caller)) continue;
      const answer = await ask(`Bearer ${secret}`);
      t.true(["not-allowed", "not-found"].includes(answer.body.code), `${method} ${path} as ${caller}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }
});

test("the page is open to anybody, runs nothing, and asks nobody else", async (t) => {
  const answer = await rig.request("GET", "/api/docs", { headers: { authorization: "" } });
  t.is(answer.status, 200);
  t.is(answer.type, "text/html; charset=utf-8");
  t.regex(answer.headers.get("content-security-policy")!, /^default-src 'none'; style-src 'self';/);
  t.notRegex(page, /<script|<iframe|<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [, address] of page.matchAll(/(?:href|src)="([^"]*)"/g)) t.regex(address, /^(#|openapi\.json$|\.\/docs\.css$|data:,$)/);
  const style = await rig.request("GET", "/api/docs.css", { headers: { authorization: "" } });
  t.is(style.type, "text/css; charset=utf-8");
  t.notRegex(style.body as string, /url\(|@import/);
});

test("every route, object and problem of the description is on the page, and every link leads somewhere", (t) => {
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  t.is(new Set(ids).size, ids.length);
  for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) t.true(ids.includes(target), target);
  const text = textOf(page);
  for (const [method, path, operation] of operations()) {
    t.true(text.includes(`${method.toUpperCase()} ${path}`), `${method} ${path}`);
    t.true(text.includes(operation.summary.replaceAll("`", "")), operation.summary);
  }
  for (const name of Object.keys(document.components.schemas)) t.true(ids.includes(`schema-${name}`), name);
  for (const code of Object.keys(PROBLEMS)) t.true(ids.includes(`problem-${code}`), code);
});

test("the page is well-formed, whatever the description says", (t) => {
  t.deepEqual(faultsOf(page), []);
  const hostile = `</p><script>alert("1")</script><img src=x onerror='alert(2)'> & \`<b>\``;
  const planted = JSON.parse(JSON.stringify(document)) as ApiDocument;
  planted.info.title = planted.info.description = hostile;
  planted.tags[0].description = hostile;
  for (const methods of Object.values(planted.paths)) for (const operation of Object.values(methods)) {
    operation.summary = operation.description = hostile;
    for (const answer of Object.values(operation.responses)) answer.description = hostile;
  }
  for (const schema of Object.values(planted.components.schemas)) {
    schema.description = hostile;
    if (schema.properties !== undefined) schema.properties[hostile] = { type: "string", enum: [hostile], description: hostile, default: hostile, pattern: hostile, example: hostile };
  }
  const dangerous = apiPage(planted);
  t.deepEqual(faultsOf(dangerous), []);
  t.notRegex(dangerous, /<(script|img)/);
});

/** Elements that stand alone. */
const VOID = new Set(["meta", "link", "wbr"]);

/** What is wrong with a page that is written with all its ends: elements that do not match, text that is no text. */
function faultsOf(html: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [token, name, end] of html.replace("<!doctype html>", "").matchAll(/<(\/?[a-z][a-z0-9]*)(?:\s[a-z-]+(?:="[^"<>]*")?)*(>)|<|>|&(?:amp|lt|gt|quot|#39);|&/g) as Iterable<[string, string | undefined, string | undefined]>) {
    if (end === undefined) {
      if (!/^&.+;$/.test(token)) faults.push(`a bare ${token}`);
    } else if (name!.startsWith("/")) {
      const last = open.pop();
      if (last !== name!.slice(1)) faults.push(`<${name!}> ends <${String(last)}>`);
    } else if (!VOID.has(name!)) open.push(name!);
  }
  return [...faults, ...open.map((name) => `<${name}> without an end`)].slice(0, 5);
}

/** What a reader sees. */
function textOf(html: string): string {
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name])
    .replace(/\s+/g, " ");
}

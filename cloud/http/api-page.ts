import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HtmlEscapedString } from "hono/utils/html";
import type { ApiDocument, Operation, Schema } from "./api-document";
import { exampleOf, field, fields, html, nameOf, prose, typeOf } from "./api-schema-page";

/** Where the page and its style are, below `/api`. */
export const PAGE_PATH = "/docs";
export const STYLE_PATH = "/docs.css";

/** No script, nothing from elsewhere, no frame around it. */
export const PAGE_HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** @returns CSS. */
export function readApiStyle(): string {
  return readFileSync(join(__dirname, "api-page.css"), "utf8");
}

interface Route extends Operation {
  method: string;
  path: string;
}

/** The API's description as a page to read (HTML): all that it says comes from the document. */
export function apiPage(document: ApiDocument): string {
  const groups = groupByTag(document);
  const { schemas, securitySchemes } = document.components;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href=".${STYLE_PATH}">
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<h1>${document.info.title} API</h1>
<p>Version ${document.info.version} · <a href="openapi.json">openapi.json</a>, from which this page is made</p>
</header>
<nav aria-label="Contents">
<ul>
<li><a href="#about">About</a></li>
${groups.map(([tag, routes]) => html`<li><a href="#${tag.name}">${title(tag.name)}</a><ul>${routes.map((route) => html`<li><a href="#${anchor(route)}">${verb(route)} <span>${shortPath(route.path)}</span></a></li>`)}</ul></li>
`)}<li><a href="#problems">Problems</a></li>
<li><a href="#schemas">Objects</a></li>
</ul>
</nav>
<main id="main">
<section id="about">
${document.info.description.split("\n\n").map((paragraph) => html`<p>${prose(paragraph)}</p>
`)}
<h2>Who asks</h2>
<dl class="fields">${Object.entries(securitySchemes).map(([name, { description }]) => html`<div class="field"><dt>${capital(CALLERS[name] ?? name)}</dt><dd>${prose(description)}</dd></div>`)}</dl>
</section>
${groups.map(([tag, routes]) => html`<section id="${tag.name}">
<h2>${title(tag.name)}</h2>
<p>${prose(tag.description)}</p>
${routes.map((route) => article(route, document))}
</section>
`)}
<section id="problems">
<h2>Problems</h2>
<p>What a refusal's <code>code</code> can be, with its HTTP status.</p>
<dl class="fields problems">${problemsOf(document).map(([code, meaning]) => html`<div class="field" id="problem-${code}"><dt><code>${code}</code></dt><dd>${meaning}</dd></div>
`)}</dl>
</section>
<section id="schemas">
<h2>Objects</h2>
${Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, schema]) => html`<article id="schema-${name}">
<h3>${name}</h3>
${schema.description === undefined ? "" : html`<p>${prose(schema.description)}</p>`}
${fields(schema)}
</article>
`)}
</section>
</main>
</body>
</html>
`;
  return page.toString();
}

/** By the names of the security schemes. */
const CALLERS: Record<string, string> = { session: "people who have signed in", program: "the property's programs", site: "whoever runs the site" };

function groupByTag(document: ApiDocument): [ApiDocument["tags"][number], Route[]][] {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })));
  return document.tags.map((tag): [typeof tag, Route[]] => [tag, routes.filter(({ tags }) => tags[0] === tag.name)]).filter(([, own]) => own.length > 0);
}

function article(route: Route, document: ApiDocument): HtmlEscapedString {
  const { parameters = [], requestBody } = route;
  return html`<article id="${anchor(route)}">
<h3><a href="#${anchor(route)}">${verb(route)} <span class="path">${wholePath(route.path)}</span></a></h3>
<p class="summary">${prose(route.summary)}</p>
${route.description === undefined ? "" : html`<p>${prose(route.description)}</p>`}
<p class="who">For ${whoMay(route.security ?? document.security)}</p>
${parameters.length === 0 ? "" : html`<h4>Parameters</h4><dl class="fields">${parameters.map((each) => field(each.name, each.schema, each.required ?? false, parameterText(each)))}</dl>`}
${requestBody === undefined ? "" : html`<h4>Body</h4>${Object.values(requestBody.content).map(({ schema }) => content(schema, document, false))}`}
<h4>Answers</h4>
${Object.entries(route.responses).map(([status, answer]) => html`<div class="answer"><p><strong>${status === "default" ? "4xx, 5xx" : status}</strong> ${prose(answer.description)}${status === "default" ? html` A <a href="#problems">problem</a>.` : ""}</p>
${status === "default" ? "" : Object.entries(answer.content ?? {}).map(([type, { schema }]) => (type === "application/json" ? content(schema, document, true) : html`<p><code>${type}</code></p>`))}</div>
`)}
</article>
`;
}

function parameterText({ in: place, description }: { in: string; description?: string }): string {
  const where = { path: "In the path.", query: "In the query.", header: "A header." }[place] ?? place;
  return description === undefined ? where : `${where} ${description}`;
}

/** A body: its name and example, and all of its fields behind a click. */
function content(schema: Schema, { components: { schemas } }: ApiDocument, all: boolean): HtmlEscapedString {
  const name = nameOf(schema);
  const whole = name === undefined ? schema : schemas[name];
  if (whole.type === "object" && Object.keys(whole.properties ?? {}).length === 0) return html`<p>${whole.additionalProperties === false ? html`An empty object: <code>{}</code>` : "An object."}</p>`;
  const example = JSON.stringify(exampleOf(schema, schemas, all), null, 2);
  return html`<details><summary>${name ?? shapeOf(schema)}</summary>
${whole.description === undefined ? "" : html`<p>${prose(whole.description)}</p>`}
${fields(whole)}
<p class="label">Example</p>
<pre tabindex="0"><code>${example}</code></pre>
${name === undefined ? "" : html`<p>${typeOf(schema)} among all objects</p>`}</details>`;
}

/** A body without a name, by its fields. */
function shapeOf({ properties, allOf }: Schema): string {
  const named = allOf?.map(nameOf).find((name) => name !== undefined);
  if (named !== undefined) return `${named} and more`;
  const names = Object.keys(properties ?? {});
  return names.length === 0 ? "{ }" : `{ ${names.join(", ")} }`;
}

function problemsOf({ components }: ApiDocument): [code: string, meaning: string][] {
  return Object.entries(components.schemas["Problem"]?.properties?.["code"]?.["x-enumDescriptions"] ?? {});
}

function whoMay(security: Record<string, string[]>[]): string {
  const callers = security.flatMap((each) => Object.keys(each));
  if (callers.length === 0) return "anybody";
  const words = callers.map((name) => CALLERS[name] ?? name);
  return words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function anchor({ method, path }: Route): string {
  return `${method}${path.replace(/^\/api/, "").replace(/[{}]/g, "").replaceAll("/", "-")}`;
}

function verb({ method }: Route): HtmlEscapedString {
  return html`<b class="verb ${method}">${method.toUpperCase()}</b>`;
}

function shortPath(path: string): HtmlEscapedString[] {
  return wholePath(path.replace(/^\/api/, ""));
}

/** May break before each slash; what stands for a value looks different. */
function wholePath(path: string): HtmlEscapedString[] {
  return path.split(/(?=\/)/).map((part) => html`<wbr>${part.split(/(\{[^}]*\})/).map((piece) => (piece.startsWith("{") ? html`<i>${piece}</i>` : piece))}`);
}

function title(tag: string): string {
  return tag === "pins" ? "PINs" : capital(tag);
}

function capital(words: string): string {
  return words[0].toUpperCase() + words.slice(1);
}

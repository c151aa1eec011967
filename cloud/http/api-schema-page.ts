import { html as anyHtml } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Schema } from "./api-document";

/** Schemas as a person reads them, and examples of them. */

/** Text is escaped wherever it stands; nothing here waits. */
export const html = anyHtml as (strings: TemplateStringsArray, ...values: unknown[]) => HtmlEscapedString;

type Schemas = Record<string, Schema>;

const NESTING_MAX = 8; // an example goes no deeper, were a schema to contain itself

export function nameOf({ $ref }: Schema): string | undefined {
  return $ref?.split("/").at(-1);
}

/** Prose with `code` in it. */
export function prose(text: string): HtmlEscapedString[] {
  return text.split("`").map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
}

/** What a value is, in a few words: a link where it has a name. */
export function typeOf(schema: Schema): HtmlEscapedString {
  const name = nameOf(schema);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  const parts = schema.allOf ?? schema.anyOf ?? schema.oneOf;
  if (parts !== undefined) {
    const word = schema.allOf === undefined ? " or " : " and ";
    return html`${parts.map((part, index) => html`${index === 0 ? "" : word}${typeOf(part)}`)}`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined) return html`${schema.enum.map((value, index) => html`${index === 0 ? "" : " | "}<code>${String(value)}</code>`)}${nullable(schema) ? " or null" : ""}`;
  const types = [schema.type ?? "anything"].flat().map((type) => (type === "array" ? html`list of ${schema.items?.type === "object" && nameOf(schema.items) === undefined ? "objects" : typeOf(schema.items ?? {})}` : html`${wordFor(type, schema)}`));
  return html`${types.map((type, index) => html`${index === 0 ? "" : " or "}${type}`)}`;
}

function wordFor(type: string, { format }: Schema): string {
  if (type === "string" && format === "date-time") return "instant";
  if (type === "string" && format !== undefined) return format;
  return type === "integer" ? "whole number" : type;
}

function nullable({ type }: Schema): boolean {
  return Array.isArray(type) && type.includes("null");
}

/** What a value must be besides, in words. */
export function constraintsOf(schema: Schema): HtmlEscapedString[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const said: HtmlEscapedString[] = [];
  if (minimum !== undefined || maximum !== undefined) said.push(html`${range(minimum, maximum)}`);
  const digits = /^\^\[0-9(a-f)?\](?:\{([0-9,]+)\})\$$/.exec(pattern ?? "");
  if (digits !== null) said.push(html`${digits[2].replace(",", " to ")} ${digits[1] === undefined ? "digits" : "hexadecimal digits"}`);
  else if (minLength !== undefined || maxLength !== undefined) said.push(html`${range(minLength, maxLength)} characters`);
  if (pattern?.startsWith("^[^\\u0000-\\u001f") === true) said.push(html`no control characters`);
  else if (pattern !== undefined && digits === null) said.push(html`matches <code>${pattern}</code>`);
  if (minItems !== undefined || maxItems !== undefined) said.push(html`${range(minItems, maxItems)} of them`);
  if (schema.items !== undefined && nameOf(schema.items) === undefined) said.push(...constraintsOf(schema.items).map((each) => html`each ${each}`));
  if (schema.default !== undefined) said.push(html`<code>${JSON.stringify(schema.default)}</code> unless given`);
  return said;
}

function range(least: number | undefined, most: number | undefined): string {
  if (least === undefined) return `at most ${grouped(most!)}`;
  if (most === undefined) return `at least ${grouped(least)}`;
  return least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`;
}

const grouped = (value: number): string => String(value).replace(/(?<=\d)(?=(\d{3})+$)/g, "\u202f");

/** One line of a list of fields or parameters. */
export function field(name: string, schema: Schema, required: boolean, description = schema.description): HtmlEscapedString {
  const constraints = constraintsOf(schema);
  return html`<div class="field"><dt><code>${name}</code>${required ? "" : html` <small>optional</small>`}</dt>
<dd><span class="type">${typeOf(schema)}</span>${constraints.map((each) => html`<span class="limit">${each}</span>`)}
${description === undefined ? "" : html`<p>${prose(description)}</p>`}${meanings(schema)}${inner(schema)}</dd></div>`;
}

function meanings(schema: Schema): HtmlEscapedString | "" {
  const words = schema["x-enumDescriptions"];
  return words === undefined ? "" : html`<p><a href="#problems">What each means</a></p>`;
}

/** Fields of an object that has no name of its own, or of the members of a list. */
function inner(schema: Schema): HtmlEscapedString | "" {
  const within = schema.items ?? schema;
  if (nameOf(within) !== undefined) return "";
  return within.properties === undefined && within.allOf === undefined && within.anyOf === undefined ? "" : fields(within);
}

/** An object's fields; where it has none, what it is. */
export function fields(schema: Schema): HtmlEscapedString {
  const own = Object.entries(schema.properties ?? {});
  const more = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const named = more.filter((part) => nameOf(part) !== undefined);
  const between = schema.allOf === undefined ? "Either" : "All of";
  return html`${named.length === 0 ? "" : html`<p>${between} ${named.map((part, index) => html`${index === 0 ? "" : ", "}${typeOf(part)}`)}${more.length > named.length ? ", and:" : "."}</p>`}
${more.filter((part) => nameOf(part) === undefined && part.type !== "null").map(fields)}
${own.length === 0 ? "" : html`<dl class="fields">${own.map(([name, each]) => field(name, each, schema.required?.includes(name) ?? false))}</dl>`}
${own.length + more.length === 0 ? html`<p>${schema.type === "object" ? "An object without fields of its own." : html`${typeOf(schema)} ${constraintsOf(schema).map((each) => html`<span class="limit">${each}</span>`)}`}</p>` : ""}`;
}

/**
 * A value that the schema takes: its example where it has one, else the fields that must be there.
 * @param all with the optional fields as well, as answers have them.
 */
export function exampleOf(schema: Schema, schemas: Schemas, all: boolean, depth = 0): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined && !all) return schema.default;
  const name = nameOf(schema);
  if (name !== undefined) return exampleOf(schemas[name], schemas, all, depth);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return exampleOf(either[0], schemas, all, depth);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, all, depth))) as unknown;
  const [type] = [schema.type].flat();
  if (type === "array") return (schema.minItems ?? 0) === 0 && (!all || depth >= NESTING_MAX) ? [] : [exampleOf(schema.items ?? {}, schemas, all, depth + 1)];
  if (type === "object") {
    const wanted = Object.entries(schema.properties ?? {}).filter(([key]) => depth < NESTING_MAX && (all || schema.required?.includes(key)));
    return Object.fromEntries(wanted.map(([key, each]) => [key, exampleOf(each, schemas, all, depth + 1)]));
  }
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return schema.minimum !== undefined;
  if (type === "null") return null;
  return schema.format === "date" ? "2026-12-25" : "text";
}

import { createRoute, z } from "@hono/zod-openapi";
import { actorName } from "../../accounts/actor";
import { readHomeChoice, setHomeChoice, type HomeChoice } from "../../home-assistant/home-choice";
import { versionOfProperty } from "../../properties/property-settings";
import { requireManager } from "../../rules/read-standing";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { answer, body, Id, Language, refusals } from "../schemas";

const fields = {
  enabled: z.boolean().openapi({ description: "Whether the property's doors are shown in the home's own Home Assistant." }),
  unlock: z.boolean().openapi({ description: "Whether doors may be opened from there, by whoever uses it." }),
  names: z.boolean().openapi({ description: "Whether it is shown who came in last, and not only when." }),
  language: Language.openapi({ description: "Of the names of what is shown." }),
} satisfies Record<keyof HomeChoice, z.ZodType>;
const Choice = z
  .object({ ...fields, broker: z.enum(["none", "connected", "away", "elsewhere"]).openapi({ description: "The home's broker: `none` where the site has set none, and nothing is shown anywhere; `elsewhere`: another process of the site's is connected to it." }) })
  .openapi("HomeAssistant", { description: "What the home's own Home Assistant is given. Nothing, until a manager says so." });
const ChoiceRequest = z.strictObject(fields).openapi("HomeAssistantRequest");
const params = z.object({ property: Id });
const tags = ["properties"];

const get = createRoute({ method: "get", path: "/properties/{property}/home-assistant", summary: "What Home Assistant is given of a property", tags, request: { params }, responses: { 200: answer(Choice, "With the property's ETag."), ...refusals } });
const put = createRoute({
  method: "put",
  path: "/properties/{property}/home-assistant",
  summary: "Set what Home Assistant is given of a property",
  tags,
  request: { params, headers: IfMatch, ...body(ChoiceRequest) },
  responses: { 200: answer(Choice, "From now on."), ...refusals },
});

export function homeAssistantRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(get, async (c) => {
    const { property } = c.req.valid("param");
    const { choice, version } = await read(parts, async (unit) => {
      await requireManager(unit, actorOf(c), property);
      return { choice: await readHomeChoice(unit, property), version: await versionOfProperty(unit, property) };
    });
    return c.json({ ...choice, broker: brokerOf(parts) }, 200, { etag: etag(version) });
  });
  app.openapi(put, async (c) => {
    const { property } = c.req.valid("param");
    const choice = c.req.valid("json");
    const version = await change(parts, async (unit, now) => {
      await requireManager(unit, actorOf(c), property);
      requireVersion(c.req.valid("header")["if-match"], await versionOfProperty(unit, property));
      await setHomeChoice(unit, property, choice, actorName(actorOf(c)), now);
      return versionOfProperty(unit, property);
    });
    return c.json({ ...choice, broker: brokerOf(parts) }, 200, { etag: etag(version) });
  });
  return app;
}

function brokerOf({ home }: ApiParts): z.output<typeof Choice>["broker"] {
  if (home === undefined) return "none";
  if (home.connected === undefined) return "elsewhere";
  return home.connected ? "connected" : "away";
}

import { createRoute, z } from "@hono/zod-openapi";
import { OUTPUTS_MAX } from "../../../protocol/profile";
import { actorName, type Actor } from "../../accounts/actor";
import { STRIKE } from "../../access/door-row";
import { addProfile, changeProfile, removeProfile } from "../../profiles/edit-profile";
import { BUILT_IN_PROFILES, profileTerms, readProfile } from "../../profiles/profile";
import { mayEditProfile, requireProfileParty, type ProfileParty } from "../../profiles/profile-rights";
import { grantsOfProfile, profileUse } from "../../profiles/profile-use";
import { Refusal } from "../../refusal";
import type { Unit } from "../../store/store";
import type { ProfileRow } from "../../store/rows/sharing-rows";
import { knownAtDoors } from "../../truth/known-at-doors";
import { actorOf, change, namedFields, read, routes, type ApiParts, type Routes } from "../api";
import { etag, IfMatch, requireVersion } from "../etag";
import { formatTerms, formatWindow, parseInstant, parseOutputs, parseWindow } from "../people/grant-format";
import { formatCodes, GivenCode } from "../people/given-codes";
import { answer, body, Id, Instant, Name, nextAfter, page, Paging, refusals, Windows } from "../schemas";

const Outputs = z.array(z.int().min(0).max(OUTPUTS_MAX - 1)).min(1).max(OUTPUTS_MAX);
const DESCRIPTION = "What keys may do, under a name. Profiles that run out suspend no key: it opens again once they hold again.";
const ProfileChange = z
  .strictObject({
    name: Name,
    windows: Windows.openapi({ description: "None: day and night. They may touch but not overlap." }),
    notBefore: Instant.nullable(),
    notAfter: Instant.nullable().openapi({ description: "Exclusive." }),
    outputs: Outputs.openapi({ description: "What it opens at each door, by number; 0 = the door itself." }),
  })
  .partial()
  .openapi("ProfileChange");
const ProfileRequest = ProfileChange.required({ name: true })
  .extend({ property: Id })
  .openapi("ProfileRequest", { example: { property: "8c1f0e5d2b3a4796", name: "Cleaning", windows: [{ days: ["monday", "thursday"], start: "08:00", end: "12:00" }] } });
const Profile = z
  .looseObject({
    id: z.string().openapi({ description: "`admin` and `blocked` are built in." }),
    property: Id.optional().openapi({ description: "Not of those that are built in." }),
    name: z.string(),
    builtIn: z.boolean(),
    own: z.boolean().openapi({ description: "Of whoever asks, and nobody else's." }),
    windows: Windows,
    notBefore: Instant.optional(),
    notAfter: Instant.optional().openapi({ description: "Exclusive." }),
    outputs: Outputs.optional().openapi({ description: "What it opens at each door, by number; left out: the door itself." }),
    version: z.int().nullable(),
    can: z.array(z.enum(["edit", "remove"])),
  })
  .openapi("Profile", { description: DESCRIPTION });
const Known = z.looseObject({ door: Id, name: z.string(), upToDate: z.boolean() });
const WholeProfile = Profile.extend({
  keys: z.int().openapi({ description: "That go by it now, pending ones included. Of built-in profiles, and of the property's where one does not run that, nothing is told." }),
  groups: z.int(),
  doors: z.array(Known).openapi({ description: "At which doors of its keys and groups it is true: `upToDate` where a receipt shows it." }),
}).openapi("WholeProfile", { description: DESCRIPTION });
const NewCodes = z.array(z.strictObject({ key: Id, codes: z.array(GivenCode) })).openapi({ description: "New ones, of keys that had not opened for so long that their codes are somebody else's." });
const ChangedProfile = WholeProfile.extend({ codes: NewCodes });

const params = z.object({ profile: z.union([z.enum(BUILT_IN_PROFILES), Id]).openapi({ example: "8c1f0e5d2b3a4796" }) });
const tags = ["profiles"];

const list = createRoute({
  method: "get",
  path: "/profiles",
  summary: "The profiles that whoever asks may give keys by, at one property",
  tags,
  request: { query: Paging.extend({ property: Id }) },
  responses: { 200: answer(page(Profile), "The built-in ones, then the others by id."), ...refusals },
});
const add = createRoute({
  method: "post",
  path: "/profiles",
  summary: "Add a profile: the property's, or one's own where one gives keys without running it",
  tags,
  request: body(ProfileRequest),
  responses: { 201: answer(WholeProfile, "Added."), ...refusals },
});
const get = createRoute({ method: "get", path: "/profiles/{profile}", summary: "One profile, and where it is in force", tags, request: { params }, responses: { 200: answer(WholeProfile, "With its ETag."), ...refusals } });
const patch = createRoute({
  method: "patch",
  path: "/profiles/{profile}",
  summary: "Change a profile, and with it all of its keys and groups",
  tags,
  request: { params, headers: IfMatch, ...body(ProfileChange) },
  responses: { 200: answer(ChangedProfile, "Changed. Doors follow: see each."), ...refusals },
});
const remove = createRoute({ method: "delete", path: "/profiles/{profile}", summary: "Remove a profile that nothing goes by", tags, request: { params, headers: IfMatch }, responses: { 204: { description: "Removed." }, ...refusals } });

/** What keys may do, under a name (S2, S11). */
export function profileRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { property, after = "", limit } = c.req.valid("query");
    const { party, rows } = await read(parts, async (unit, now) => {
      const party = await requireProfileParty(unit, actorOf(c), property, now);
      const query = unit.selectFrom("profiles").selectAll().where("property_id", "=", property).where("id", ">", after).orderBy("id").limit(limit);
      return { party, rows: await query.where((eb) => eb.or([eb("account_id", "is", null), ...(party.account === undefined ? [] : [eb("account_id", "=", party.account)])])).execute() };
    });
    const items = rows.map((row) => format(party, row));
    return c.json({ items: after === "" ? [...BUILT_IN, ...items] : items, next: nextAfter(items, limit) }, 200);
  });
  app.openapi(add, async (c) => {
    const { property, name, ...request } = c.req.valid("json");
    const profile = { name, windows: [], start: 0, end: null, outputs: STRIKE, ...parse(request) };
    const added = await change(parts, async (unit, now) => {
      const party = await requireProfileParty(unit, actorOf(c), property, now);
      return readWhole(unit, party, await addProfile(unit, party, profile, actorName(actorOf(c)), now));
    });
    return c.json(added, 201, { etag: etag(added.version!) });
  });
  app.openapi(get, async (c) => {
    const { profile } = c.req.valid("param");
    const builtIn = BUILT_IN.find(({ id }) => id === profile);
    const whole: z.output<typeof WholeProfile> | undefined = builtIn && { ...builtIn, keys: 0, groups: 0, doors: [] };
    if (whole !== undefined) return c.json(whole, 200);
    const found = await read(parts, async (unit, now) => readWhole(unit, await requireParty(unit, actorOf(c), profile, now), profile));
    return c.json(found, 200, { etag: etag(found.version!) });
  });
  app.openapi(patch, async (c) => {
    const { profile } = c.req.valid("param");
    const { name, ...request } = c.req.valid("json");
    const wanted = { ...namedFields({ name }), ...parse(request) };
    const changed = await change(parts, async (unit, now): Promise<z.output<typeof ChangedProfile>> => {
      const party = await requireParty(unit, actorOf(c), profile, now);
      const row = await requireEditable(unit, party, profile, c.req.valid("header")["if-match"]);
      const given = await changeProfile(unit, parts, row, wanted, actorName(actorOf(c)), now);
      const codes = [];
      for (const [key, each] of given) codes.push({ key, codes: await formatCodes(unit, each, actorOf(c), now) });
      return { ...(await readWhole(unit, party, profile)), codes };
    });
    return c.json(changed, 200, { etag: etag(changed.version!), "cache-control": "no-store" });
  });
  app.openapi(remove, async (c) => {
    const { profile } = c.req.valid("param");
    await change(parts, async (unit, now) => {
      const party = await requireParty(unit, actorOf(c), profile, now);
      await removeProfile(unit, await requireEditable(unit, party, profile, c.req.valid("header")["if-match"]), actorName(actorOf(c)), now);
    });
    return c.body(null, 204);
  });
  return app;
}

/** S11: they are no records, cannot change, and nobody else's profile takes their names. */
const BUILT_IN: z.output<typeof Profile>[] = BUILT_IN_PROFILES.map((id) => ({ id, name: id === "admin" ? "Admin" : "Blocked", builtIn: true, own: false, windows: [], version: null, can: [] }));

/** Only the fields that a request names. */
function parse({ windows, notBefore, notAfter, outputs }: Omit<z.output<typeof ProfileChange>, "name">) {
  return namedFields({
    windows: windows?.map(parseWindow),
    start: notBefore === undefined ? undefined : notBefore === null ? 0 : parseInstant(notBefore),
    end: notAfter === undefined ? undefined : notAfter === null ? null : parseInstant(notAfter),
    outputs: outputs && parseOutputs(outputs),
  });
}

/**
 * Whoever asks, at the property of a profile.
 * @throws {Refusal} `not-found`: to them there is no such profile; `not-allowed` for those that are built in (S11).
 */
async function requireParty(unit: Unit, actor: Actor, profile: string, now: number): Promise<ProfileParty> {
  if (BUILT_IN.some(({ id }) => id === profile)) throw new Refusal("not-allowed", "It is built in, and cannot change.");
  const row = await unit.selectFrom("profiles").select("property_id").where("id", "=", profile).executeTakeFirst();
  try {
    return await requireProfileParty(unit, actor, row?.property_id ?? "", now);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.code, "There is no such profile.") : error;
  }
}

async function requireEditable(unit: Unit, party: ProfileParty, profile: string, ifMatch: string | undefined): Promise<ProfileRow> {
  const row = await readProfile(unit, party, profile);
  if (!mayEditProfile(party, row)) throw new Refusal("not-allowed", "It is the property's: only whoever runs that changes it.");
  requireVersion(ifMatch, row.version);
  return row;
}

async function readWhole(unit: Unit, party: ProfileParty, id: string): Promise<z.output<typeof WholeProfile>> {
  const row = await readProfile(unit, party, id);
  const doors = await knownAtDoors(unit, grantsOfProfile(unit, id));
  // Of what others give by a property's profile, whoever only gives by it too learns nothing.
  const use = mayEditProfile(party, row) ? { ...(await profileUse(unit, id)), doors: doors.map(({ door, doorName: name, upToDate }) => ({ door, name, upToDate })) } : { keys: 0, groups: 0, doors: [] };
  return { ...format(party, row), ...use };
}

function format(party: ProfileParty, row: ProfileRow): z.output<typeof Profile> {
  const { id, property_id, account_id, name, version } = row;
  const { terms, outputs } = profileTerms(row);
  const editable = mayEditProfile(party, row);
  return { id, property: property_id, name, builtIn: false, own: account_id !== null, ...formatTerms(terms, outputs), windows: terms.windows.map(formatWindow), version, can: editable ? ["edit", "remove"] : [] };
}

import { createRoute, z } from "@hono/zod-openapi";
import { endPhone } from "../../phones/end-phone";
import { phonesOf, type KnownPhone } from "../../phones/register-phone";
import type { PhoneRow } from "../../store/rows/phone-rows";
import type { Unit } from "../../store/store";
import { accountOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { FormattedTruth, truthOfPhone } from "../people/truth-format";
import { answer, Id, Instant, refusals } from "../schemas";

const Phone = z
  .strictObject({
    id: Id,
    agent: z.string(),
    current: z.boolean().openapi({ description: "It is the one that asks." }),
    signedIn: z.boolean().openapi({ description: "false: it has forgotten its keys if it is as it should be; only ending them makes sure." }),
    createdAt: Instant,
    seenAt: Instant.openapi({ description: "When it last asked for keys." }),
  })
  .openapi("Phone");
const EndedPhone = z
  .strictObject({ id: Id, endedAt: Instant, complete: z.boolean().openapi({ description: "No door opens to it any more." }), doors: z.array(FormattedTruth) })
  .openapi("EndedPhone");
const tags = ["phones"];

const list = createRoute({ method: "get", path: "/account/phones", summary: "The account's phones", tags, responses: { 200: answer(z.strictObject({ items: z.array(Phone) }), "Those whose keys have not been ended, newest first."), ...refusals } });
const end = createRoute({
  method: "delete",
  path: "/account/phones/{phone}",
  summary: "End the keys of a phone that was lost, and its session; the account's other phones get new keys when they next ask",
  description: "The answer says of each door whether it knows, and until when at most it may still open; again, it says so as it stands then. A key whose uses are counted ends for good.",
  tags,
  request: { params: z.object({ phone: Id }) },
  responses: { 200: answer(EndedPhone, "It gets nothing more."), ...refusals },
});

/** An account's phones, and what becomes of a lost one (A1). */
export function phoneRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(list, async (c) => {
    const { account, session } = accountOf(c);
    const phones = await read(parts, (unit) => phonesOf(unit, account));
    return c.json({ items: phones.filter(({ ended_at }) => ended_at === null).map((phone) => format(phone, session)) }, 200);
  });
  app.openapi(end, async (c) => {
    const actor = accountOf(c);
    const { phone } = c.req.valid("param");
    return c.json(await change(parts, async (unit, now) => formatEnded(unit, await endPhone(unit, actor, phone, now), now)), 200);
  });
  return app;
}

function format({ id, agent, session_id, signedIn, created_at, seen_at }: KnownPhone, session: string): z.output<typeof Phone> {
  return { id, agent, current: session_id === session, signedIn, createdAt: formatInstant(created_at), seenAt: formatInstant(seen_at) };
}

async function formatEnded(unit: Unit, { id, ended_at }: PhoneRow, now: number): Promise<z.output<typeof EndedPhone>> {
  const doors = await truthOfPhone(unit, id, now);
  return { id, endedAt: formatInstant(ended_at!), complete: doors.every((door) => door.state !== "pending"), doors };
}

import { createRoute, z } from "@hono/zod-openapi";
import { countOne } from "../../accounts/rate-limit";
import { PHONE_REFILLS_PER_ACCOUNT } from "../../limits";
import { givePhoneCredential, lackingPhones } from "../../phones/give-phone-credentials";
import { makeForPhone } from "../../phones/make-phone-keys";
import { planPhoneKeys, type PropertyPlan } from "../../phones/plan-phone-keys";
import { registerPhone } from "../../phones/register-phone";
import { PUBLIC_KEY_BYTES, wrappingFor, type KeyWrapping } from "../../phones/wrap-keys";
import { Refusal } from "../../refusal";
import { accountOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { fromBase64url, toBase64url } from "../base64url";
import { callerOf, requirePatience } from "../caller";
import { answer, body, Id, refusals } from "../schemas";

const PublicKey = z
  .string()
  .regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((PUBLIC_KEY_BYTES * 4) / 3)}}$`), `${PUBLIC_KEY_BYTES} bytes as base64url without padding`)
  .openapi({ example: "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU", description: "Of the phone's own pair of keys: an uncompressed point of P-256." });
const Bytes = z.string().openapi({ description: "base64url without padding." });
const Entry = z
  .strictObject({
    opens: z.boolean().openapi({ description: "false: nothing of the account's opens the door; with it a phone only carries." }),
    outputs: z.array(z.int()).openapi({ description: "What it opens there, by number; 0 is the door itself." }),
    key: Bytes.openapi({ description: "What the phone proves itself with at this door, under AES Key Wrap (RFC 3394): a browser unwraps it into a key that no script can read." }),
    handles: z.array(Bytes).openapi({ description: "Each for one response, and marked as used before it is sent." }),
  })
  .openapi("PhoneEntry");
const PhoneDoor = z
  .strictObject({
    door: Id,
    name: z.string().nullable().openapi({ description: "null: the account has nothing to do with this door, and its phones only carry to it." }),
    radioName: z.string().openapi({ description: "By which the door is found on the air." }),
    entries: z.array(Entry).openapi({ description: "In the order in which to try them." }),
  })
  .openapi("PhoneDoor");
const PhoneKeys = z
  .strictObject({
    phone: Id,
    ephemeralKey: Bytes.openapi({ description: "A point of P-256, new in every answer. The key-encryption key is HKDF-SHA-256 of what it and the phone's key agree on, without salt, with `latchkey/1/phone/keys`, this point and the phone's as information: 32 bytes." }),
    properties: z.array(z.strictObject({ id: Id, name: z.string(), doors: z.array(PhoneDoor) })),
    left: z.int().openapi({ description: "Doors for which there was no room: ask for one property." }),
  })
  .openapi("PhoneKeys");

const refill = createRoute({
  method: "post",
  path: "/phone/keys",
  summary: "Keys and handles with which a phone opens doors, and carries for them, without a network",
  description:
    "A phone asks when it is set up, when something may have changed, and when its handles run low; what it has in hand stays good. Every door of each property that the account has to do with is there, because any of its phones may bring news to any of them. A phone whose keys were ended (`phone-ended`) forgets everything and comes with another pair of keys.",
  tags: ["phones"],
  request: body(z.strictObject({ publicKey: PublicKey, property: Id.optional().openapi({ description: "Only this one." }) })),
  responses: { 200: answer(PhoneKeys, "Only this phone can read the keys."), ...refusals },
});

/** What phones open doors with (SPEC 22). */
export function phoneKeyRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(refill, async (c) => {
    const actor = accountOf(c);
    const { publicKey: text, property } = c.req.valid("json");
    const publicKey = fromBase64url(text);
    const wrapping = wrappingFor(publicKey);
    requirePatience(await change(parts, (unit, now) => countOne(unit, `phone/${actor.account}`, PHONE_REFILLS_PER_ACCOUNT, now)));
    const phone = await change(parts, (unit, now) => registerPhone(unit, actor, publicKey, callerOf(parts, c).agent, now));
    await giveLacking(parts, actor.account);
    const { properties, left } = await change(parts, (unit, now) => planPhoneKeys(unit, actor.account, property, now));
    const keys = { phone, ephemeralKey: toBase64url(wrapping.ephemeralKey), properties: properties.map((plan) => format(parts, wrapping, plan)), left };
    return c.json(keys, 200, { "cache-control": "no-store" });
  });
  return app;
}

/** Each in a transaction of its own: where one door is full, all others are there. */
async function giveLacking(parts: ApiParts, account: string): Promise<void> {
  for (const lacking of await read(parts, (unit, now) => lackingPhones(unit, account, now))) {
    try {
      await change(parts, (unit, now) => givePhoneCredential(unit, parts, account, lacking, now));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      parts.log.warn({ ...lacking, refusal: error.code }, "could not give somebody's phone a credential; it will be tried when the phone asks again");
    }
  }
}

function format(parts: ApiParts, wrapping: KeyWrapping, { id, name, doors }: PropertyPlan): z.output<typeof PhoneKeys>["properties"][number] {
  const made = makeForPhone(parts.secrets, wrapping, doors);
  return {
    ...{ id, name },
    doors: made.map(({ name: doorName, entries, ...door }) => ({
      ...door,
      name: doorName ?? null,
      entries: entries.map(({ key, handles, ...entry }) => ({ ...entry, key: toBase64url(key), handles: handles.map(toBase64url) })),
    })),
  };
}

import { z } from "@hono/zod-openapi";
import { outputsOf } from "../../issuing/orders-of-door";
import { NO_END } from "../../../protocol/profile";
import { readRights } from "../../remote-unlock/read-rights";
import { peopleOfAccount } from "../../rules/door-standing";
import type { OwnDoor as Owned } from "../../sharing/own-doors";
import type { Unit } from "../../store/store";
import type { ApiParts } from "../api";
import { formatInstant, formatWindow } from "../people/grant-format";
import { NamedProperty, nameProperty } from "../properties/named-property";
import { Id, Instant, Windows } from "../schemas";

const OwnRight = z
  .strictObject({
    notBefore: Instant.nullable(),
    notAfter: Instant.nullable().openapi({ description: "Exclusive." }),
    windows: Windows.openapi({ description: "None: day and night." }),
    uses: z.int().nullable().openapi({ description: "So many in all; null: any number." }),
    suspended: z.boolean(),
    secondPin: z.boolean().openapi({ description: "At the door it takes a PIN as well." }),
  })
  .openapi("OwnRight", { description: "One of the rights by which somebody opens a door: any of them may let them in." });

export const OwnDoor = z
  .strictObject({
    id: Id,
    name: z.string(),
    property: NamedProperty,
    as: z.enum(["owner", "admin", "user"]),
    online: z.boolean(),
    lockState: z.enum(["normal", "lock-down", "hold-open"]).openapi({ description: "As ordered; a door without a network may not have heard of it." }),
    outputs: z.array(z.strictObject({ output: z.int(), name: z.string() })).openapi({ description: "That one may open, where they have names; none: the door itself." }),
    rights: z.array(OwnRight).openapi({ description: "That have not ended." }),
    can: z.array(z.string()).openapi({ description: "What one may do there. `unlock` is for the moment to decide: times and dates may be against it." }),
  })
  .openapi("OwnDoor");

/** @param account whose door it is. */
export async function formatOwnDoor(unit: Unit, { link }: Pick<ApiParts, "link">, account: string, { door, rank, can }: Owned, now: number): Promise<z.output<typeof OwnDoor>> {
  const rights = (await readRights(unit, await peopleOfAccount(unit, account, now), door.id)).filter(({ terms }) => terms.notAfter > now);
  const mask = rights.reduce((all, { outputs }) => all | outputs, 0);
  const shown = rights.map(({ terms: { notBefore, notAfter, windows, maxUses }, suspended, needsSecondPin }) => ({
    notBefore: notBefore <= now ? null : formatInstant(notBefore),
    notAfter: notAfter === NO_END ? null : formatInstant(notAfter),
    windows: windows.map(formatWindow),
    uses: maxUses === 0 ? null : maxUses,
    suspended,
    secondPin: needsSecondPin,
  }));
  // The same terms by a code and by a phone are one right to whoever has both.
  const different = [...new Map(shown.map((right) => [JSON.stringify(right), right])).values()];
  const outputs = outputsOf(door).flatMap(({ name }, output) => (((mask >> output) & 1) === 1 ? [{ output, name }] : []));
  return { id: door.id, name: door.name, property: await nameProperty(unit, door.property_id), as: rank, online: link.isConnected(door.id), lockState: door.lock_state, outputs, rights: different, can };
}

import test from "ava";
import { Building, lastToken, phoneOf, pinOf } from "./support/household";
import { addIdentifier, messagesTo, signIn } from "./support/sign-in";
import { World } from "./support/world";

test.serial("M1, M3: a lease for an account with the same e-mail and phone starts by itself, and its dates hold at a door without a network", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 1, 12) });
  const [street, garage] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1", [street]);
  const tenant = await signIn(world, "Ada@Example.COM", { name: "Ada" });
  await addIdentifier(tenant, "+33 6 12 34 56 78");
  const { leases } = await building.manager.post("/leases", {
    unit: flat,
    leaseholders: [{ name: "Ada", email: " ada@example.com", phone: "+33612345678" }],
    start: "2026-01-02T08:00:00Z",
    end: "2026-01-05T08:00:00Z",
  });
  t.deepEqual(leases[0].codes, [], "nobody else sees her code");
  const { places, invitations } = await tenant.get("/account/places");
  t.deepEqual(invitations, [], "there is nothing to accept");
  t.is(places[0].property.name, "Rue des Lilas 7");
  t.deepEqual(places[0].doors, [{ id: street.id, name: "door 0" }]);
  t.is((await messagesTo(world, "ada@example.com"))[0].kind, "lease-linked");
  const pin = await pinOf(tenant, places[0].person);
  await world.upToDate();
  street.pullPlug();
  world.goTo("2026-01-02T07:59:50Z");
  t.false(street.types(pin), "not yet");
  world.goTo("2026-01-02T08:00:30Z");
  t.true(street.types(pin));
  t.false(garage.types(pin), "not a door of the flat");
  world.goTo("2026-01-05T08:00:10Z");
  t.false(street.types(pin));
  t.is(street.lastDecision, "denied: expired");
});

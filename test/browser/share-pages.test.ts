import test, { type ExecutionContext } from "ava";
import { noBrowser } from "../support/chromium";
import { Building, lastToken } from "../support/household";
import { Pages, PHONE, type Reader } from "../support/pages";
import { authenticateAgain, lastCode, messagesTo, signIn, type Client } from "../support/sign-in";
import { World, type Json, type WorldDoor } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

interface Office {
  world: World;
  building: Building;
  /** Olga's own. */
  studio: WorldDoor;
  /** The building's. */
  stairs: WorldDoor;
  owner: Client;
  pages: Pages;
}

/** A studio that somebody owns, in a house with a staircase. It is Monday, ten o'clock there. */
async function office(t: ExecutionContext): Promise<Office> {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 0, start: Date.UTC(2026, 0, 5, 9) });
  const studio = await world.addDoor("Studio");
  const stairs = await world.addDoor("Stairs");
  const building = await Building.of(world);
  const { manager } = building;
  await manager.post(`/properties/${world.property}/templates`, { name: "Flat", doors: [stairs.id] });
  const given = await manager.post("/keys", { property: world.property, kind: "app", name: "Studio", user: { name: "Olga", email: "olga@example.com" }, doors: [studio.id] });
  const owner = await signIn(world, "olga@example.com", { name: "Olga" });
  await owner.post("/keys/accept", { token: await lastToken(world, "olga@example.com", "key-link") }, 200);
  await authenticateAgain(manager);
  await manager.put(`/doors/${studio.id}/owners`, { owners: [{ person: given.user.person }] });
  await world.upToDate();
  return { world, building, studio, stairs, owner, pages: await Pages.open(t, world) };
}

const checks = async ({ page }: Reader, label: string): Promise<void> => page.getByLabel(label, { exact: true }).check();

/** Flaws at the desk, and whether anything sticks out on a phone. */
async function flawsOf(reader: Reader): Promise<string[]> {
  const found = await reader.flaws();
  const size = reader.page.viewportSize()!;
  await reader.page.setViewportSize(PHONE);
  if (await reader.page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth")) found.push("wider than a phone");
  await reader.page.setViewportSize(size);
  return found;
}

/** Flaws at both sizes. */
async function flawsAtBoth(reader: Reader): Promise<string[]> {
  const found = await reader.flaws();
  const size = reader.page.viewportSize()!;
  await reader.page.setViewportSize(PHONE);
  found.push(...(await reader.flaws()));
  await reader.page.setViewportSize(size);
  return found;
}

/** Gives a key by the form as it stands. @returns the key, as the owner finds it. */
async function gives(reader: Reader, by: Client, name: string): Promise<Json> {
  await reader.page.getByRole("button", { name: "Give a key" }).click();
  await reader.page.getByRole("heading", { level: 1, name: /^A key for / }).waitFor();
  return (await by.get("/keys")).items.find(({ user, state }: Json) => user.name === name && state !== "ended");
}

/** Reads the digits that are to be passed on. */
async function readsCode({ page }: Reader): Promise<string> {
  await page.getByRole("button", { name: /^Show: code of / }).click();
  return (await page.getByRole("status").filter({ hasText: /^\d{6,}/ }).textContent())!.slice(0, 6);
}

inBrowser("S3, S4, S5, N1, N2, N10, N15: a key is handed over by link and QR code, is listed at once, another link kills the one before, and the first phone has it", async (t) => {
  const { world, studio, owner, pages } = await office(t);
  const olga = await pages.reader(owner);
  const { page } = olga;
  await olga.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await olga.context.addInitScript("navigator.share = async (shared) => void (window.shared = shared)");
  const copiesLink = async (): Promise<string> => {
    await page.getByRole("button", { name: "Copy the link" }).click();
    const url = new URL(await page.evaluate<string>("navigator.clipboard.readText()"));
    return url.pathname + url.hash;
  };

  await olga.goes("/keys");
  await page.getByRole("row", { name: /Studio.*The manager.*Day and night.*In force/ }).waitFor();
  t.deepEqual(await flawsAtBoth(olga), [], "keys");
  await page.getByRole("link", { name: "Give a key" }).click();
  await olga.settled();
  t.deepEqual(await flawsAtBoth(olga), [], "giving");
  t.true(await page.getByLabel("Studio", { exact: true }).isChecked(), "her only door");
  await page.getByLabel("Name", { exact: true }).fill("the accountant");
  await page.getByLabel("Name of the key").fill("Books");
  const key = await gives(olga, owner, "the accountant");
  t.like(key, { state: "pending", name: "Books", kind: "app" });
  await page.getByRole("img", { name: "QR code of the key’s link" }).waitFor();
  t.deepEqual(await flawsOf(olga), [], "handed over");
  const first = await copiesLink();
  await page.getByRole("button", { name: "Share the link" }).click();
  t.true((await page.evaluate<string>("shared.url")).endsWith(first), "by whatever the device shares with");
  t.false((await page.content()).includes(first.split("#")[1]), "the token is not in the page's text");

  await olga.goes("/keys");
  await page.getByRole("row", { name: /Books.*the accountant.*Waiting for an answer/ }).waitFor();
  await olga.goes("/people");
  await page.getByRole("row", { name: /the accountant.*1 key 1 waiting/ }).waitFor();
  t.deepEqual(await flawsAtBoth(olga), [], "people");
  const knows = async (): Promise<string[]> => (await world.get(`/api/doors/${studio.id}/who-can-open`)).people.map(({ name }: Json) => name);
  await world.upToDate();
  t.deepEqual(await knows(), ["Olga"], "a pending key is in no list");

  await olga.goes(`/keys/${key.id}`);
  await page.getByText("Nobody has accepted this key yet. It opens nothing.").waitFor();
  await page.getByRole("button", { name: "Make another link" }).click();
  const second = await copiesLink();
  t.deepEqual(await flawsAtBoth(olga), [], "a pending key");

  const nobody = await pages.reader(undefined, { viewport: PHONE });
  await nobody.goes(first);
  await nobody.page.getByRole("heading", { name: "This link leads nowhere any more" }).waitFor();
  t.deepEqual(await nobody.flaws(), [], "a dead link");
  // On her phone, which has never been here: she signs in on the way.
  const uma = await pages.reader(undefined, { viewport: PHONE });
  await uma.goes(second);
  await uma.page.getByText("Olga gives you a key to Rue des Lilas 7.").waitFor();
  await uma.page.getByText("Studio", { exact: true }).waitFor();
  t.deepEqual(await uma.flaws(), [], "an offer");
  await uma.page.getByLabel("E-mail address or phone number").fill("uma@example.com");
  await uma.page.getByRole("button", { name: "Send me a code" }).click();
  await uma.page.getByLabel("The code that was sent to you").fill(await codeTo(uma, "uma@example.com"));
  await uma.page.getByRole("button", { name: "Sign in" }).click();
  await uma.page.getByLabel("What is your name?").fill("Uma");
  await uma.page.getByRole("button", { name: "Go on" }).click();
  t.is(await uma.page.getByText("You are Uma.").count().then(() => (knows().then((names) => names.includes("Uma")))), false, "signing in accepts nothing");
  await uma.page.getByRole("button", { name: "Accept the key" }).click();
  await uma.page.getByRole("heading", { level: 1, name: "The key is yours" }).waitFor();
  t.is(new URL(uma.page.url()).hash, "", "the token has left the address");
  await world.upToDate();
  t.deepEqual((await knows()).sort(), ["Olga", "Uma"], "the door knows her, by her own name");
  // The page is still there with the other link.
  await nobody.page.goto(second);
  await nobody.page.getByRole("heading", { name: "Somebody has this key already" }).waitFor();
  const declined = await owner.post("/keys", { property: world.property, kind: "app", name: "Gym", user: { name: "Dan" }, doors: [studio.id] });
  await nobody.page.goto(new URL(declined.link.url).pathname + new URL(declined.link.url).hash);
  await nobody.page.getByRole("button", { name: "Decline" }).click();
  await nobody.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await nobody.page.getByRole("heading", { name: "You have declined the key" }).waitFor();
  t.is((await owner.get(`/keys/${declined.id}`)).state, "ended");

  // Whom she knows now she can choose.
  await olga.goes("/keys/new");
  await checks(olga, "Somebody you know here");
  await page.getByLabel("Person").selectOption({ label: "Uma" });
  await checks(olga, "Code that you pass on");
  await page.getByRole("button", { name: "Give a key" }).click();
  await page.getByRole("heading", { level: 1, name: "A key for Uma" }).waitFor();
  t.is((await owner.get(`/keys?person=${key.user.person}`)).items.length, 2, "S1: one person, two keys");
  t.deepEqual([...olga.errors, ...nobody.errors, ...uma.errors], []);
});

async function codeTo({ page, world }: Reader, email: string): Promise<string> {
  await page.getByLabel("The code that was sent to you").waitFor();
  return lastCode(world, email);
}

inBrowser("S9, S10, S11, N3, N4, N5, N7, N8, N9, N11, X6: codes that open once or at certain times are given, edited, suspended and removed, and the doors follow", async (t) => {
  const { world, building, studio, stairs, owner, pages } = await office(t);
  const { manager } = building;
  const olga = await pages.reader(owner);
  const { page } = olga;
  // A phone with contacts (N3): first she closes the picker, then she chooses somebody with two numbers.
  await olga.context.addInitScript("let asked = 0; navigator.contacts = { select: async () => (asked++ === 0 ? [] : [{ name: ['Max'], tel: ['+33612345680', '+33612345681'], email: [] }]) }");

  await olga.goes("/keys/new");
  await checks(olga, "Code that you pass on");
  await page.getByLabel("Name", { exact: true }).fill("Pianos");
  await checks(olga, "Opens once, or a number of times");
  const once = await gives(olga, owner, "Pianos");
  const pin = await readsCode(olga);
  await page.getByText("Not opened yet, as far as the doors have told; 1 opening is left.").waitFor();
  t.deepEqual(await flawsOf(olga), [], "a code");
  await world.upToDate();
  t.true(studio.types(pin));
  t.false(studio.types(pin), "once");
  await world.until("the use has been told", async () => (await owner.get(`/keys/${once.id}`)).counted?.used === 1);

  // At certain times.
  await page.getByRole("button", { name: "Give another key" }).click();
  await olga.settled();
  await checks(olga, "Code that you pass on");
  await page.getByLabel("Name", { exact: true }).fill("Cleaner");
  await checks(olga, "At certain times of the week");
  await page.getByRole("button", { name: "Weekdays 08:00–18:00" }).click();
  t.deepEqual(await flawsAtBoth(olga), [], "times");
  const cleaner = await gives(olga, owner, "Cleaner");
  t.deepEqual(cleaner.windows.map(({ start, end }: Json) => [start, end]), [["08:00", "18:00"]]);
  const code = await readsCode(olga);
  await world.upToDate();
  t.true(studio.types(code));
  world.goTo("2026-01-05T17:30:00Z");
  t.false(studio.types(code), "half past six");
  t.is(studio.lastDecision, "denied: outside-schedule");

  // S9: the same key and code, day and night. Somebody else has edited it meanwhile.
  await olga.context.clock.setSystemTime(world.clock.unixMs);
  await olga.goes(`/keys/${cleaner.id}`);
  t.deepEqual(await flawsOf(olga), [], "a key");
  await page.getByRole("link", { name: "Edit" }).click();
  await olga.settled();
  await checks(olga, "Day and night");
  t.deepEqual(await flawsOf(olga), [], "editing");
  await manager.patch(`/keys/${cleaner.id}`, { name: "Cleaning" }, `"${cleaner.version}"`);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("Cleaning").waitFor();
  t.true(await page.getByLabel("Day and night", { exact: true }).isChecked(), "what she entered stays");
  t.deepEqual(await flawsOf(olga), [], "changed meanwhile");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Edit" }).waitFor();
  await world.upToDate();
  t.true(studio.types(code));

  // S11, and S10.
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("dialog").getByText("Cleaner no longer opens Studio with this key until you lift that.").waitFor();
  t.deepEqual(await flawsOf(olga), [], "before suspending");
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await page.getByText("This key is suspended: it opens nothing").waitFor();
  await world.upToDate();
  t.false(studio.types(code));
  await page.getByRole("button", { name: "Lift the suspension" }).click();
  await page.getByText("This key is suspended").waitFor({ state: "detached" });
  await world.upToDate();
  t.true(studio.types(code));
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the key" }).click();
  await page.getByRole("heading", { name: "Since when it is true" }).waitFor();
  await world.upToDate();
  t.false(studio.types(code));
  await olga.during(page.getByText(/^The door has acknowledged it · /).waitFor());
  t.deepEqual(await flawsOf(olga), [], "removed");
  await olga.goes("/keys?state=ended");
  await page.getByRole("row", { name: /Cleaner|The manager|Olga/ }).first().waitFor();

  // N5, N3: a code by text message, to somebody out of the contacts.
  await olga.goes("/keys/new");
  await checks(olga, "Code by text message or e-mail");
  await page.getByRole("button", { name: "Choose from your contacts" }).click();
  t.true(await page.getByLabel("Somebody new", { exact: true }).isChecked(), "nobody was chosen, and nothing has changed");
  await page.getByRole("button", { name: "Choose from your contacts" }).click();
  await page.getByLabel("Max, from your contacts").waitFor();
  await page.getByRole("button", { name: "Give a key" }).click();
  await page.getByText("This contact has several addresses.").waitFor();
  t.deepEqual(await flawsOf(olga), [], "several addresses");
  await page.getByLabel("+33612345681").check();
  await gives(olga, owner, "Max");
  await page.getByText("The code is on its way to +33…81. Only they see it.").waitFor();
  await world.until("the message has left", async () => (await messagesTo(world, "+33612345681"))[0]?.sentAt !== null);
  const [{ text }] = await messagesTo(world, "+33612345681");
  await world.upToDate();
  t.true(studio.types(/\b\d{6}\b/.exec(text)![0]));

  // N4, N11: full control where it is hers to give; only those from whom she can take something are offered for that.
  await olga.goes("/keys/new");
  t.true(await page.getByLabel("Full control", { exact: true }).isVisible());
  const adam = await owner.post("/keys", { property: world.property, kind: "app", name: "Admin", user: { name: "Adam", email: "adam@example.com" }, doors: [studio.id], profile: "admin" });
  const admin = await signIn(world, "adam@example.com", { name: "Adam" });
  await admin.post("/keys/accept", { token: await lastToken(world, "adam@example.com", "key-link") }, 200);
  const adams = await pages.reader(admin, { viewport: PHONE });
  await adams.goes("/people");
  t.is(await adams.page.getByRole("link", { name: "Take a key away from Olga" }).count(), 0, "an admin removes no owner");
  t.is(await adams.page.getByRole("link", { name: "Take a key away from Max" }).count(), 1);
  await adams.goes("/keys/new");
  t.is(await adams.page.getByLabel("Full control", { exact: true }).count(), 0, "an admin makes no admins");
  await adams.goes(`/keys/${adam.id}`);
  t.is(await adams.page.getByRole("link", { name: "Edit" }).count(), 0);

  // X6: over several doors, as the server states it. A manager gives cards too.
  const keys = `/manage/${world.property}/keys`;
  const desk = await pages.reader(manager);
  await desk.goes(`${keys}/new`);
  await checks(desk, "Card");
  await desk.page.getByLabel("Number of the card").fill("00 C0 FF EE 42");
  await desk.page.getByLabel("Name", { exact: true }).fill("Carl");
  for (const door of ["Studio", "Stairs"]) await checks(desk, door);
  await checks(desk, "Opens once, or a number of times");
  await desk.page.getByText("2 doors may open 2 times in all instead of once").waitFor();
  t.deepEqual(await flawsOf(desk), [], "a manager's form");
  await gives(desk, manager, "Carl");
  await desk.page.getByText("the key could still open 2 times in all").waitFor();
  await world.upToDate();
  t.true(stairs.takesCard("00c0ffee42"));
  t.false(stairs.takesCard("00c0ffee42"));
  await desk.goes(keys);
  await desk.page.getByLabel("Search by name").fill("carl");
  await desk.page.getByRole("row", { name: /Max/ }).first().waitFor({ state: "detached" });
  await desk.page.getByRole("row", { name: /Card.*Carl.*Stairs, Studio/ }).waitFor();
  t.deepEqual(await flawsOf(desk), [], "a property's keys");
  t.deepEqual([...olga.errors, ...adams.errors, ...desk.errors], []);
});

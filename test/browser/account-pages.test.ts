import test from "ava";
import { builtPages } from "../../cloud/http/pages/build-pages";
import { noBrowser } from "../support/chromium";
import { Building } from "../support/household";
import { PHONE, Pages, type Reader } from "../support/pages";
import { lastCode, messagesTo, signIn, type Client } from "../support/sign-in";
import { addImage, signedImage } from "../support/signed-image";
import { World } from "../support/world";
import { WorldPhone } from "../support/world-phone";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

const ELEVEN_MINUTES_MS = 660_000;

const press = (reader: Reader, name: string | RegExp): Promise<void> => reader.page.getByRole("button", { name }).click();
const dialog = (reader: Reader, name: string | RegExp) => reader.page.getByRole("dialog", { name });
const heading = (reader: Reader, name: string): Promise<void> => reader.page.getByRole("heading", { name, exact: true }).waitFor();

/** Types the code that has been sent to an address. */
async function entersCode(reader: Reader, address: string, submit: string): Promise<void> {
  const field = reader.page.getByLabel("The code that was sent to you");
  await field.waitFor();
  await field.fill(await lastCode(reader.world, address));
  await press(reader, submit);
}

async function signsIn(reader: Reader, address: string): Promise<void> {
  await reader.page.getByLabel(/^E-mail address/).fill(address);
  await press(reader, "Send me a code");
  await entersCode(reader, address, "Sign in");
}

/** What the API says to the session that this browser has. */
async function status({ context, world }: Reader, path: string): Promise<number> {
  return (await context.request.get(`${world.cloud.url}/api${path}`)).status();
}

inBrowser("A1, A2: an account is made, proved anew, given another address; a lost phone's keys end door by door, and it all can be erased", async (t) => {
  t.timeout(180_000);
  const world = await World.begin(t, { doors: 0 });
  const front = await world.addDoor("Front");
  const cellar = await world.addDoor("Cellar");
  const building = await Building.of(world);
  const bob = await building.leaseholder(await building.flat("3"), "bob");
  const phone = new WorldPhone(world, await signIn(world, "bob@example.com"), front);
  await world.upToDate();
  await phone.goesOnline();
  t.true((await phone.taps(front)).opened);
  const pages = await Pages.open(t, world);

  // Somebody who has never been here: a wrong code is said to be one, and the name is asked for once.
  const newcomer = await pages.reader(undefined, { viewport: PHONE });
  await newcomer.goes("/household");
  t.deepEqual(await newcomer.flaws(), []);
  await newcomer.page.getByLabel(/^E-mail address/).fill("Zoe@Example.com");
  await press(newcomer, "Send me a code");
  await newcomer.page.getByLabel("The code that was sent to you").fill("0000 0000");
  await press(newcomer, "Sign in");
  await newcomer.page.getByText("The code is wrong, or no longer good.").waitFor();
  t.deepEqual(await newcomer.flaws(), []);
  await entersCode(newcomer, "zoe@example.com", "Sign in");
  await newcomer.page.getByLabel("What is your name?").fill("Zoé");
  await press(newcomer, "Go on");
  await heading(newcomer, "Household");
  t.is(new URL(newcomer.page.url()).pathname, "/household", "they are where they wanted to be");
  await newcomer.page.getByRole("navigation", { name: "Main" }).getByRole("button", { name: "Menu" }).click();
  t.deepEqual(await newcomer.flaws(), []);
  await newcomer.page.getByRole("link", { name: "Account: Zoé" }).click();
  await heading(newcomer, "Your account");
  await newcomer.page.getByLabel("Language").selectOption("fr");
  await press(newcomer, "Save");
  await heading(newcomer, "Votre compte");
  t.deepEqual(await newcomer.flaws(), []);

  // Bob, on the computer at home: another address, which takes the code that went there; the others are told.
  const home = await pages.reader(bob.client);
  await home.goes("/account");
  t.deepEqual(await home.flaws(), []);
  await press(home, "Add an address");
  const adding = dialog(home, "Add an address");
  await adding.getByLabel("E-mail address or phone number").fill("bob.durand@example.org");
  await adding.getByRole("button", { name: "Send me a code" }).click();
  await entersCode(home, "bob.durand@example.org", "Verify");
  await home.page.getByText("The address is yours. Your other addresses have been told.").waitFor();
  t.true((await messagesTo(world, "bob@example.com")).some(({ text }) => text.includes("@example.org was added to your account")));

  // Eleven minutes later to remove one takes a proof; whoever closes the dialog has changed nothing.
  await world.pass(ELEVEN_MINUTES_MS);
  await press(home, "Remove bob.durand@example.org");
  await press(home, "Remove it");
  const proof = dialog(home, "Is it still you?");
  await proof.waitFor();
  t.deepEqual(await home.flaws(), []);
  await proof.getByRole("button", { name: "Cancel" }).click();
  await home.page.getByText("This takes a fresh proof that it is you.").waitFor();
  t.is((await bob.client.get("/account")).identifiers.length, 3);
  await press(home, "Remove it");
  await proof.getByLabel("Send a code to").selectOption("bob@example.com");
  await proof.getByRole("button", { name: "Send the code" }).click();
  await entersCode(home, "bob@example.com", "Go on");
  await home.page.getByText("bob.durand@example.org has been removed.").waitFor();
  t.is((await bob.client.get("/account")).identifiers.length, 2);

  // The phone is lost. The front door hears it at once; of the cellar it is said until when it may still open.
  await world.isolate(cellar);
  await press(home, /^Lost, /);
  t.deepEqual(await home.flaws(), []);
  await home.during(press(home, "End its keys").then(() => dialog(home, "The phone's keys have been ended").waitFor()));
  const truth = dialog(home, "The phone's keys have been ended");
  t.deepEqual(await home.flaws(), []);
  await world.until("the front door has acknowledged it", async () => (await world.get(`/api/doors/${front.id}`)).upToDate);
  await truth.getByRole("button", { name: "Look again" }).click();
  await truth.getByRole("listitem").filter({ hasText: "Front" }).filter({ hasText: "acknowledged" }).first().waitFor();
  t.true((await truth.getByRole("listitem").filter({ hasText: "Cellar" }).first().innerText()).includes("May open until the door is reached"), "residents have no bound here, and that is said");
  t.false((await phone.taps(front)).opened);
  t.regex(front.lastDecision!, /^denied/);
  t.true((await phone.taps(cellar)).opened, "which is why it is said");
  t.is((await phone.client.send("GET", "/account")).status, 401, "its session has ended with it");
  await truth.getByRole("button", { name: "Done" }).click();

  // Elsewhere he is signed out, and in the end he erases the account: signed out here too, and nothing is left.
  const elsewhere: Client = await signIn(world, "bob@example.com");
  await home.goes("/account");
  await press(home, "Sign out everywhere else");
  await press(home, "Sign them out");
  await home.page.getByText("You are signed in here alone.").waitFor();
  t.is((await elsewhere.send("GET", "/account")).status, 401);
  await press(home, "Erase my account");
  t.deepEqual(await home.flaws(), []);
  await press(home, "Erase it for good");
  await heading(home, "Sign in");
  t.is(await status(home, "/account"), 401);
  t.is(await home.page.evaluate("localStorage.length"), 0, "this browser remembers nobody");
  t.deepEqual([...newcomer.errors, ...home.errors], []);
});

inBrowser("A1, A3: a site is set up in its pages; without text messages they say so; a passkey signs in and proves who it is", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 0, texts: false, host: "localhost" });
  const pages = await Pages.open(t, world);

  // Whoever runs the site: its token, a property, its manager, and the message with the manager's link.
  const operator = await pages.reader();
  await operator.goes("/");
  await operator.page.getByText("This site sends no text messages; an e-mail address is all it takes.").waitFor();
  await operator.page.getByRole("link", { name: "Set it up" }).click();
  await operator.page.getByLabel("Token", { exact: true }).fill("not-the-token-of-this-site-at-all");
  await press(operator, "Go on");
  await operator.page.getByText("This is not the site's token.").waitFor();
  t.deepEqual(await operator.flaws(), []);
  await operator.page.getByLabel("Token", { exact: true }).fill(world.cloud.adminToken.token);
  await press(operator, "Go on");
  await press(operator, "Add a property");
  await dialog(operator, "Add a property").getByLabel("Name").fill("Quai 12");
  await press(operator, "Add it");
  await press(operator, "Invite a manager of Quai 12");
  await dialog(operator, "Invite a manager of Quai 12").getByLabel("E-mail address").fill("mia@example.com");
  await press(operator, "Send the invitation");
  await operator.page.getByText("An invitation is on its way to mia@example.com.").waitFor();
  await operator.page.locator("section", { has: operator.page.getByRole("heading", { name: "Messages" }) }).getByRole("button", { name: "Look again" }).click();
  await operator.page.getByText("Manage Quai 12").first().click();
  t.deepEqual(await operator.flaws(), []);
  t.regex((await operator.page.getByRole("link", { name: /manager-invitation#/ }).getAttribute("href"))!, /^http:\/\/localhost:\d+\/manager-invitation#[\w-]{22}$/);
  // A roll-out of the doors' software is watched there, halted, and goes on.
  const signed = signedImage({ version: 2 });
  await world.post("/api/firmware/keys", { key: signed.key }, 201);
  const { id: image } = await addImage(world, signed);
  await world.post("/api/firmware/rollouts", { image }, 201);
  await operator.page.locator("section", { has: operator.page.getByRole("heading", { name: "Software of the doors" }) }).getByRole("button", { name: "Look again" }).click();
  await press(operator, "Halt");
  await operator.page.getByText("Somebody has halted it: nobody else gets it meanwhile.").waitFor();
  t.deepEqual(await operator.flaws(), []);
  await press(operator, "Go on");
  await dialog(operator, "Go on although doors have failed?").getByRole("button", { name: "Go on" }).click();
  await operator.page.getByText("under way").waitFor();
  t.is((await world.get("/api/firmware/rollouts")).items[0].state, "running");
  t.false(JSON.stringify(await operator.page.evaluate("[{ ...localStorage }, { ...sessionStorage }, location.href]")).includes(world.cloud.adminToken.token), "the token is in the page's memory alone");
  await operator.page.reload();
  await operator.page.getByLabel("Token", { exact: true }).waitFor();

  // Mia makes a passkey, and from then on types nothing.
  const mia = await pages.reader(undefined, { viewport: PHONE });
  const session = await mia.context.newCDPSession(mia.page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await mia.goes("/account");
  await signsIn(mia, "mia@example.com");
  await mia.page.getByLabel("What is your name?").fill("Mia");
  await press(mia, "Go on");
  await mia.page.getByText("This site sends no text messages, so phone numbers cannot be added; e-mail addresses suffice.", { exact: false }).waitFor();
  await press(mia, "Add a passkey");
  await mia.page.getByLabel("Its name").fill("My phone");
  t.deepEqual(await mia.flaws(), []);
  await press(mia, "Make it");
  await mia.page.getByText("The passkey is there.").waitFor();
  await press(mia, "Menu");
  await press(mia, "Sign out");
  await heading(mia, "Sign in");
  t.deepEqual(await mia.flaws(), []);
  await press(mia, "Sign in with a passkey");
  await heading(mia, "My doors");
  await world.pass(ELEVEN_MINUTES_MS);
  await mia.goes("/account");
  await press(mia, "Remove the passkey “My phone”");
  await press(mia, "Remove it");
  await dialog(mia, "Is it still you?").getByRole("button", { name: "Use a passkey" }).click();
  await mia.page.getByText("The passkey “My phone” has been removed.").waitFor();
  t.deepEqual([...operator.errors, ...mia.errors], []);
});

inBrowser("A1: the pages open without a network as whoever was there last, say what needs one, sign out all the same, and change over to a newer version when told to", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 0 });
  const pages = await Pages.open(t, world);
  const client = await signIn(world, "ana@example.com", { name: "Ana" });
  const ana = await pages.reader(client, { viewport: PHONE, serviceWorker: true });
  await ana.goes("/");
  await ana.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");

  await ana.context.setOffline(true);
  await ana.goes("/");
  await heading(ana, "My doors");
  await ana.page.getByText("No network. What you see may be old").waitFor();
  t.deepEqual(await ana.flaws(), []);
  for (const path of ["/household", "/account", `/manage/${world.property}`]) {
    await ana.goes(path);
    await heading(ana, "This needs a network");
  }
  t.deepEqual(await ana.flaws(), []);
  const kept = await ana.page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())))).then((all) => all.flat().map(({ url }) => new URL(url).pathname))");
  t.deepEqual((kept as string[]).filter((path) => path.startsWith("/api/")), [], "nothing of hers is kept with the pages");
  t.deepEqual((kept as string[]).sort(), ["/", ...(await builtPages()).files.keys()].filter((path) => path !== "/service-worker.js").sort());

  // The network is back: so is the page, by itself.
  await ana.context.setOffline(false);
  await ana.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "My doors" }).click();
  await ana.goes("/account");
  await heading(ana, "Your account");

  // A newer version waits until she says so.
  const { files } = await builtPages();
  const worker = files.get("/service-worker.js")!;
  const newer = { ...worker, gzipped: undefined, etag: '"newer"', content: Buffer.concat([worker.content, Buffer.from("// newer\n")]) };
  (files as Map<string, typeof worker>).set("/service-worker.js", newer);
  t.teardown(() => (files as Map<string, typeof worker>).set("/service-worker.js", worker));
  await ana.page.evaluate("navigator.serviceWorker.getRegistration().then((known) => known.update()).then(() => undefined)");
  await ana.page.getByText("A new version of these pages is there.").waitFor();
  t.deepEqual(await ana.flaws(), []);
  await Promise.all([ana.page.waitForEvent("load"), press(ana, "Reload")]);
  await heading(ana, "Your account");
  t.is(await ana.page.getByText("A new version of these pages is there.").count(), 0);

  // Signed out without a network: at once here, and at the cloud as soon as it can be told.
  await ana.context.setOffline(true);
  // Chromium does not hold a new document's first requests to being offline.
  await ana.context.route("**/api/sign-out", (route) => route.abort("internetdisconnected"));
  await press(ana, "Menu");
  await press(ana, "Sign out");
  await heading(ana, "Sign in");
  await ana.goes("/");
  await heading(ana, "Sign in");
  t.is((await client.send("GET", "/account")).status, 200, "the cloud cannot know it yet");
  await ana.context.unroute("**/api/sign-out");
  await ana.context.setOffline(false);
  await ana.goes("/");
  await heading(ana, "Sign in");
  t.is((await client.send("GET", "/account")).status, 401);
  t.deepEqual(ana.errors, []);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import pino from "pino";
import { createKeystore } from "../cloud/keys/keystore";
import { compose } from "../cloud/messages/compose";
import type { Message, MessageKind, MessageValues, News } from "../cloud/messages/message";
import { OCCURRENCE_KINDS } from "../cloud/notifications/occurrence";
import { forgetOldMessages } from "../cloud/messages/message-lifetime";
import { MessageSender, type MessageSenderParts } from "../cloud/messages/message-sender";
import type { Channels } from "../cloud/messages/channels";
import { pageLink } from "../cloud/messages/page-link";
import { queueMessage, queueToAccount, type Recipient } from "../cloud/messages/queue-message";
import { SmsSender } from "../cloud/messages/sms-sender";
import { SmtpSender } from "../cloud/messages/smtp-sender";
import { Refusal } from "../cloud/refusal";
import { readSettings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { openStore } from "../cloud/store/open-store";
import type { Store } from "../cloud/store/store";
import { inTransaction } from "../cloud/store/transaction";
import type { LanguageName } from "../cloud/store/rows/account-rows";
import { gateway } from "./support/sms-gateway";
import { CloudRig, NOON } from "./support/cloud-rig";
import { MailServer } from "./support/mail-server";
import { ManualClock } from "./support/manual-clock";
import { selfSigned } from "./support/self-signed";
import { newDatabaseUrl } from "./support/test-database";

const moment = { at: NOON, timeZone: "Europe/Paris" };
const link = "https://doors.example/invitation#0123456789abcdef0123456789abcdef";
const place = { property: "Rue des Lilas 7", unit: "2nd floor left" };

const NEWS: News = { kind: "door-opened", at: moment, late: false, times: 1, remote: false, door: "Front door", person: "Ada", actor: null, subject: null };

/** Of every kind, each way that its text can go. */
const SAMPLES: { [Kind in MessageKind]: MessageValues[Kind][] } = {
  "sign-in-code": [{ code: "482913" }],
  "identifier-code": [{ code: "482913" }],
  "authenticate-code": [{ code: "482913" }],
  "identifier-changed": [
    { change: "added", identifier: "ada@example.org" },
    { change: "removed", identifier: "+33612345678" },
  ],
  "account-erased": [{}],
  lease: [{ ...place, link, until: moment }],
  "lease-linked": [{ ...place, link }],
  invitation: [
    { inviter: "Ada", ...place, role: "resident", link, until: moment },
    { inviter: null, ...place, role: "guest", link, until: moment },
  ],
  "manager-invitation": [{ property: place.property, link, until: moment }],
  "pin-renewed": [
    { holder: null, property: place.property, reason: "period", oldUntil: moment, link },
    { holder: "Nanny", property: place.property, reason: "security", oldUntil: null, link },
    { holder: null, property: place.property, reason: "asked", oldUntil: null, link },
  ],
  "pin-added": [
    { holder: null, property: place.property, link },
    { holder: "Nanny", property: place.property, link },
  ],
  "key-link": [
    { giver: "Ada", property: place.property, key: "Parcels", link, until: moment },
    { giver: null, property: place.property, key: "Parcels", link, until: moment },
  ],
  "text-key": [
    { giver: "Ada", property: place.property, doors: "Front door, Bike room", code: "482913", unit: "12#", from: moment, until: moment },
    { giver: null, property: place.property, doors: "Front door", code: "482913", unit: null, from: null, until: null },
  ],
  notification: [
    ...OCCURRENCE_KINDS.map((kind) => ({ property: place.property, news: [{ ...NEWS, kind }], more: 0, link })),
    { property: place.property, news: [{ ...NEWS, at: null, late: true, door: null, person: null }, { ...NEWS, kind: "changed", times: 3, actor: "Bob", subject: "key" }], more: 2, link },
  ],
  removed: (["moved-out", "removed", "court-order", "share-ended", "expired"] as const).map((how) => ({ ...place, how, at: moment })),
};
const ALL = Object.entries(SAMPLES).flatMap(([kind, samples]) => samples.map((values) => ({ kind, values }) as Pick<Message, "kind" | "values">));

function inLanguage(sample: Pick<Message, "kind" | "values">, language: LanguageName): Message {
  return { ...sample, language } as Message;
}

test("messages: every kind is complete in French and in English, as an e-mail and as a text message", (t) => {
  for (const sample of ALL) {
    const [english, french] = (["en", "fr"] as const).map((language) => (["email", "sms"] as const).map((channel) => compose(inLanguage(sample, language), channel)));
    for (const [email, sms] of [english, french]) {
      t.regex(email.subject, /\S.{8,}/, sample.kind);
      t.true(email.subject.length <= 120 && !email.subject.includes("\n"), sample.kind);
      t.true(email.text.length > sms.text.length, sample.kind);
      t.is(sms.subject, "");
      t.true(sms.text.length <= 320 && !sms.text.includes("\n"), `${sample.kind}: ${sms.text.length} characters`);
      for (const { subject, text } of [email, sms]) {
        t.notRegex(subject + text, /undefined|null|\[object|NaN|\$\{/, sample.kind);
        // What the reader needs is in both.
        for (const [name, value] of Object.entries(sample.values)) if (["code", "link", "property", "unit"].includes(name) && value !== null) t.true(text.includes(value as string), `${sample.kind} lacks ${name}`);
      }
    }
    t.not(english[0].subject, french[0].subject, sample.kind);
    t.not(english[1].text, french[1].text, sample.kind);
  }
  t.regex(compose(inLanguage({ kind: "lease", values: SAMPLES.lease[0] }, "en"), "email").text, /1 June 2026 at 14:00/);
  t.regex(compose(inLanguage({ kind: "lease", values: SAMPLES.lease[0] }, "fr"), "email").text, /1 juin 2026 à 14:00/);
});

test("messages: strangers' names carry no links into them, and A2 masks what was added", (t) => {
  const values = { ...SAMPLES.invitation[0], inviter: `Win at https://evil.example/now\u202e\n${"x".repeat(200)}`, property: "www.evil.example" } as MessageValues["invitation"];
  const { subject, text } = compose({ kind: "invitation", values, language: "en" }, "email");
  t.deepEqual((subject + text).match(/https?:\/\/\S+/g), [link]);
  t.notRegex(subject + text, /evil\.example|\u202e|x{60}/);
  for (const values of SAMPLES["identifier-changed"]) t.notRegex(compose({ kind: "identifier-changed", values, language: "fr" }, "email").text, /ada@|612345678/);
});

test("messages: a link's token rides in the fragment, which no server logs", (t) => {
  t.is(pageLink("https://doors.example", "lease", "00ff"), "https://doors.example/lease#00ff");
  t.is(pageLink("https://doors.example", "home"), "https://doors.example/");
});

/** Messages in a database of their own, sent to real local servers. */
class Post {
  readonly clock = new ManualClock(NOON);
  readonly keystore;
  #location!: string;
  #store!: Store;
  sender!: MessageSender;
  log = "";

  private constructor(readonly folder: string, readonly senders: MessageSenderParts["senders"]) {
    this.keystore = createKeystore(join(folder, "keystore.json"));
  }

  static async open(t: ExecutionContext, senders: MessageSenderParts["senders"]): Promise<Post> {
    const post = new Post(mkdtempSync(join(tmpdir(), "latchkey-post-")), senders);
    post.#location = (await newDatabaseUrl()) ?? join(post.folder, "post.sqlite");
    await post.restart();
    t.teardown(async () => {
      await post.sender.stop();
      await post.#store.close();
      rmSync(post.folder, { recursive: true });
    });
    return post;
  }

  async restart(): Promise<void> {
    await (this.sender as MessageSender | undefined)?.stop();
    await (this.#store as Store | undefined)?.close();
    this.#store = await openStore(this.#location);
    this.sender = this.newSender();
  }

  newSender(): MessageSender {
    const log = pino({ level: "trace" }, { write: (line) => void (this.log += line) });
    return new MessageSender({ database: this.#store.database, keystore: this.keystore, clock: this.clock, log, senders: this.senders, onKeySent: async () => undefined, onChanged: () => undefined });
  }

  async queue(to: Recipient, message: Message = { kind: "sign-in-code", values: { code: "482913" }, language: "en" }): Promise<string> {
    const { email, sms } = this.senders;
    const channels: Channels = { email: email === undefined ? "outbox" : "sender", sms: sms === undefined ? "none" : "sender" };
    return this.unit((unit) => queueMessage(unit, { keystore: this.keystore, channels }, { to, ...message }, this.clock.now()));
  }

  unit<T>(work: Parameters<typeof inTransaction<T>>[1]): Promise<T> {
    return inTransaction(this.#store.database, work);
  }

  /** All that is due goes, as often as timers say within `seconds`. */
  async pass(seconds = 0): Promise<void> {
    this.sender.wake();
    await this.sender.idle();
    for (let left = seconds; left > 0; left -= 10) {
      this.clock.advance(Math.min(10, left));
      await this.sender.idle();
    }
  }

  async rows() {
    return this.unit((unit) => unit.selectFrom("messages").selectAll().orderBy("id").execute());
  }
}

const email = (name: string): Recipient => ({ kind: "email", value: `${name}@example.org` });
const phone: Recipient = { kind: "phone", value: "+33612345678" };
const LEASE: Message = { kind: "lease", values: SAMPLES.lease[0], language: "fr" };

test("M2: an e-mail goes out by SMTP, in French, once", async (t) => {
  const server = await MailServer.start(t);
  const post = await Post.open(t, { email: new SmtpSender({ url: server.url, from: "Latchkey <no-reply@doors.example>" }) });
  const id = await post.queue(email("zoé"), LEASE);
  await post.pass(600);
  t.is(server.mails.length, 1);
  const [mail] = server.mails;
  t.is(mail.from, "no-reply@doors.example");
  t.is(mail.headers.get("subject"), "Votre accès à Rue des Lilas 7");
  t.is(mail.headers.get("message-id"), `<${id}@doors.example>`);
  t.is(mail.headers.get("auto-submitted"), "auto-generated");
  t.is(mail.text.trimEnd(), compose(LEASE, "email").text.trimEnd());
  const [row] = await post.rows();
  t.deepEqual([row.sent_at, row.content, row.attempts], [NOON, null, 1]);
});

test("messages: a server that is down loses nothing, across restarts too, and tries ever less often", async (t) => {
  const server = await MailServer.start(t);
  const post = await Post.open(t, { email: new SmtpSender({ url: server.url, from: "a@doors.example" }) });
  server.mood.hangsUp = true;
  for (let index = 0; index < 6; index++) await post.queue(email(`e${index}`), LEASE);
  await post.pass(120);
  const rows = await post.rows();
  t.true(rows.every((row) => row.sent_at === null && row.failed_at === null && /^smtp e?[a-z]+$/.test(row.problem!)));
  t.true(rows.every(({ attempts }) => attempts >= 2 && attempts <= 5), JSON.stringify(rows.map(({ attempts }) => attempts)));
  await post.restart();
  await post.pass(120);
  t.is(server.mails.length, 0);
  server.mood.hangsUp = false;
  await post.restart();
  await post.pass(3_600);
  t.deepEqual(server.mails.map(({ to }) => to).sort(), rows.map(({ recipient }) => recipient).sort());
  t.true((await post.rows()).every((row) => row.sent_at !== null && row.content === null));
});

test("messages: a recipient that a server refuses blocks nobody, and for good is for good", async (t) => {
  const server = await MailServer.start(t);
  server.mood.recipient = (address) => (address.startsWith("gone") ? "550 no such user 482913" : address.startsWith("later") ? "451 try later" : "250 ok");
  const post = await Post.open(t, { email: new SmtpSender({ url: server.url, from: "a@doors.example" }) });
  for (const name of ["gone", "later", "ok1", "ok2", "ok3", "ok4", "ok5"]) await post.queue(email(name), LEASE);
  await post.pass();
  t.is(server.mails.length, 5);
  const byName = async (name: string) => (await post.rows()).find(({ recipient }) => recipient.startsWith(name))!;
  t.like(await byName("gone"), { failed_at: NOON, content: null, problem: "smtp 550", attempts: 1 });
  t.like(await byName("later"), { failed_at: null, problem: "smtp 451", attempts: 1 });
  server.mood.recipient = () => "250 ok";
  await post.pass(60);
  t.is(server.mails.length, 6);
});

test("messages: a code that comes too late is not sent, and goes before all else while it is of use", async (t) => {
  const server = await MailServer.start(t);
  const post = await Post.open(t, { email: new SmtpSender({ url: server.url, from: "a@doors.example" }) });
  server.mood.hangsUp = true;
  await post.queue(email("late"));
  await post.queue(email("patient"), LEASE);
  await post.pass(900);
  t.like((await post.rows())[0], { content: null, sent_at: null });
  t.truthy((await post.rows())[0].failed_at);
  server.mood.hangsUp = false;
  for (let index = 0; index < 8; index++) await post.queue(email(`bulk${index}`), LEASE);
  await post.queue(email("waiting"));
  await post.pass(1_800);
  t.true(server.mails.slice(0, 4).some(({ to }) => to === "waiting@example.org"));
  t.false(server.mails.some(({ to }) => to === "late@example.org"));
  t.true(server.mails.some(({ to }) => to === "patient@example.org"));
});

test("messages: of two that send from one database, each message goes once", async (t) => {
  const server = await MailServer.start(t);
  const post = await Post.open(t, { email: new SmtpSender({ url: server.url, from: "a@doors.example" }) });
  const first = post.sender;
  // The same store: what one has claimed the other leaves alone.
  for (let index = 0; index < 20; index++) await post.queue(email(`e${index}`), LEASE);
  const second = post.newSender();
  first.wake();
  second.wake();
  await Promise.all([first.idle(), second.idle()]);
  t.is(server.mails.length, 20);
  t.is(new Set(server.mails.map(({ to }) => to)).size, 20);
});

test("messages: what was being handed over in a crash goes out afterwards", async (t) => {
  const server = await MailServer.start(t);
  const post = await Post.open(t, { email: { send: () => new Promise(() => undefined) } });
  await post.queue(email("ada"), LEASE);
  post.sender.wake();
  for (let round = 0; round < 200 && (await post.rows())[0].attempts === 0; round++) await new Promise((resolve) => setTimeout(resolve, 5));
  t.like((await post.rows())[0], { attempts: 1, sent_at: null });
  // The process is gone; the next one waits until nobody can be sending it any more.
  post.senders.email = new SmtpSender({ url: server.url, from: "a@doors.example" });
  post.sender = post.newSender();
  await post.pass(60);
  t.is(server.mails.length, 0);
  await post.pass(120);
  t.is(server.mails.length, 1);
});

test("messages: e-mails and the password go inside TLS that is checked, from the first byte or after STARTTLS, and nowhere else", async (t) => {
  const certificate = selfSigned();
  const ca = join(mkdtempSync(join(tmpdir(), "latchkey-")), "ca.pem");
  t.teardown(() => rmSync(dirname(ca), { recursive: true }));
  writeFileSync(ca, certificate.cert);
  const message = { id: "1", to: "a@b.example", subject: "s", text: "The code is 12345678." };
  for (const from of ["connecting", "starttls"] as const) {
    const server = await MailServer.start(t, 0, "127.0.0.1", { ...certificate, from });
    const url = server.url.replace("//", "//user:secret@");
    t.like(await new SmtpSender({ url, from: "a@doors.example" }).send(message), { outcome: "unreachable" }, `${from}: nobody vouches for the server`);
    t.deepEqual([server.mails.length, server.saidInside.length], [0, 0]);
    t.deepEqual(await new SmtpSender({ url, from: "a@doors.example", ca }).send(message), { outcome: "sent" }, from);
    t.like(server.mails, [{ from: "a@doors.example", to: "a@b.example", text: "The code is 12345678." }]);
    t.is(server.saidInside.filter((line) => line === `AUTH PLAIN ${Buffer.from("\0user\0secret").toString("base64")}`).length, 1);
    const outside = server.said.filter((line) => !server.saidInside.includes(line));
    t.false(outside.some((line) => /AUTH|MAIL|code/.test(line)), outside.join());
  }
  t.throws(() => new SmtpSender({ url: "smtps://mail.example", from: "a@doors.example", ca: `${ca}.not` }), { instanceOf: StartupError, message: /LATCHKEY_SMTP_CA/ });
});

// Elsewhere a machine has one address of its own, not a whole network of them.
(process.platform === "linux" ? test : test.skip)("messages: a password for a server elsewhere is not said without TLS", async (t) => {
  const server = await MailServer.start(t, 0, "127.0.0.2");
  const send = (host: string) => new SmtpSender({ url: `smtp://user:secret@${host}:${server.port}`, from: "a@doors.example" }).send({ id: "1", to: "a@b.example", subject: "s", text: "t" });
  t.like(await send("127.0.0.2"), { outcome: "unreachable" });
  t.deepEqual(server.mails, []);
  t.false(server.said.some((line) => line.startsWith("AUTH")));
});

test("M5: a text message goes by any HTTP gateway, filled in as its body wants it", async (t) => {
  const { url, requests } = await gateway(t);
  const message = { id: "00ff", to: "+33612345678", subject: "", text: 'é "{to}" & <ok> \\' };
  const send = (settings: { url: string; headers?: Record<string, string>; body?: string }) => new SmsSender({ headers: {}, body: '{"to":"{to}","text":"{text}"}', ...settings }).send(message);
  t.deepEqual(await send({ url: `${url}/json`, headers: { authorization: "Bearer secret" } }), { outcome: "sent" });
  await send({ url: `${url}/form`, headers: { "content-type": "application/x-www-form-urlencoded" }, body: "To={to}&Body={text}" });
  await send({ url: `${url}/get?to={to}&text={text}&ref={id}` });
  await send({ url: `${url}/xml`, headers: { "content-type": "text/xml" }, body: "<sms>{text}</sms>" });
  const [json, form, get, xml] = requests;
  t.deepEqual(JSON.parse(json.body), { to: message.to, text: message.text });
  t.like(json.headers, { authorization: "Bearer secret", "content-type": "application/json", "idempotency-key": "00ff" });
  t.deepEqual([...new URLSearchParams(form.body)], [["To", message.to], ["Body", message.text]]);
  t.is(get.method, "GET");
  t.deepEqual([...new URL(get.url, url).searchParams], [["to", message.to], ["text", message.text], ["ref", "00ff"]]);
  t.is(xml.body, "<sms>é &#34;{to}&#34; &#38; &#60;ok&#62; \\</sms>");
});

test("M5, M8: a gateway that is down keeps text messages waiting and e-mails going; its password is in no log", async (t) => {
  const server = await MailServer.start(t);
  const { url, requests, mood } = await gateway(t);
  const settings = { url: `${url}/?key=gateway-password`, headers: { authorization: "Bearer gateway-password" }, body: "{text}" };
  const post = await Post.open(t, { email: new SmtpSender({ url: server.url, from: "a@doors.example" }), sms: new SmsSender(settings) });
  mood.status = 503;
  await post.queue(phone, LEASE);
  await post.queue(email("ada"), LEASE);
  await post.pass(60);
  t.is(server.mails.length, 1);
  const [text] = await post.rows();
  t.like(text, { channel: "sms", sent_at: null, failed_at: null, problem: "gateway 503" });
  for (const status of [401, 307]) {
    mood.status = status;
    await post.pass(300);
    t.like((await post.rows())[0], { sent_at: null, failed_at: null, problem: `gateway ${status}` });
  }
  mood.status = 200;
  await post.pass(3_600);
  t.truthy((await post.rows())[0].sent_at);
  t.is(requests.at(-1)!.body, compose(LEASE, "sms").text);
  t.notRegex(post.log, /gateway-password|lilas|0123456789abcdef|482913/i);
  mood.status = 422;
  await post.queue(phone);
  await post.pass();
  t.like((await post.rows()).at(-1), { failed_at: post.clock.now(), problem: "gateway 422" });
});

test("A3: without a gateway a phone is refused clearly, and an account is told by e-mail", async (t) => {
  const post = await Post.open(t, {});
  const refused = await t.throwsAsync(() => post.queue(phone), { instanceOf: Refusal });
  t.is(refused?.code, "no-text-messages");
  t.deepEqual(await post.rows(), []);
  const parts = { keystore: post.keystore, channels: { email: "outbox", sms: "none" } } as const;
  await post.unit(async (unit) => {
    await unit.insertInto("accounts").values({ id: "a", name: "Ada", language: "fr", created_at: NOON }).execute();
    await unit.insertInto("identifiers").values({ id: "1", account_id: "a", kind: "phone", value: phone.value, verified_at: NOON }).execute();
    t.is(await queueToAccount(unit, parts, "a", { kind: "account-erased", values: {} }, NOON), undefined);
    await unit.insertInto("identifiers").values({ id: "2", account_id: "a", kind: "email", value: "ada@example.org", verified_at: NOON + 1 }).execute();
    t.truthy(await queueToAccount(unit, parts, "a", { kind: "account-erased", values: {} }, NOON));
  });
  t.like(await post.rows(), [{ recipient: "ada@example.org", channel: "email" }]);
});

test("messages: words are sealed where they lie, and forgotten in time", async (t) => {
  const post = await Post.open(t, {});
  await post.queue(email("ada"), LEASE);
  const [{ content, sent_at }] = await post.rows();
  t.is(sent_at, NOON);
  t.notRegex(Buffer.from(content!).toString("latin1"), /Lilas|0123456789abcdef/);
  await post.unit((unit) => forgetOldMessages(unit, NOON + 7 * 86_400 + 1));
  t.like(await post.rows(), [{ content: null }]);
  await post.unit((unit) => forgetOldMessages(unit, NOON + 30 * 86_400 + 1));
  t.deepEqual(await post.rows(), []);
});

test("messages: settings are whole or refused, and no text of theirs holds a secret", (t) => {
  const settings = readSettings({ LATCHKEY_SMTP_URL: "smtps://user:pw@mail.example", LATCHKEY_MAIL_FROM: "Latchkey <a@doors.example>", LATCHKEY_SMS_URL: "https://sms.example/send", LATCHKEY_SMS_HEADERS: '{"Authorization":"Bearer x"}' });
  t.deepEqual(settings.messages, {
    mail: { url: "smtps://user:pw@mail.example", from: "Latchkey <a@doors.example>" },
    sms: { url: "https://sms.example/send", headers: { authorization: "Bearer x" }, body: '{"to":"{to}","text":"{text}"}' },
  });
  t.deepEqual(readSettings({}).messages, { mail: "outbox", sms: "none" });
  t.deepEqual(readSettings({ LATCHKEY_SMS_URL: "outbox" }).messages.sms, "outbox");
  for (const wrong of [{ LATCHKEY_SMTP_URL: "smtp://user:top-secret@mail.example" }, { LATCHKEY_SMTP_URL: "http://top-secret", LATCHKEY_MAIL_FROM: "a@b.example" }, { LATCHKEY_SMS_URL: "ftp://top-secret" }, { LATCHKEY_SMS_HEADERS: '{"a b":"top-secret"}' }, { LATCHKEY_SMS_HEADERS: "top-secret" }, { LATCHKEY_MAIL_FROM: "top-secret" }]) {
    const error = t.throws(() => readSettings(wrong), undefined, JSON.stringify(wrong));
    t.regex(error.message, /^LATCHKEY_(SMTP_URL|MAIL_FROM|SMS_URL|SMS_HEADERS)/);
    t.notRegex(error.message, /top-secret/);
  }
});

test("GET /messages: the local outbox, newest first, for the site alone", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  for (const name of ["ada", "bob"]) await rig.post("/sign-in/codes", { identifier: `${name}@example.org` }, 202);
  const { items, next } = await rig.get("/messages");
  t.is(next, null);
  t.like(items, [{ to: "bob@example.org", kind: "sign-in-code", channel: "email", state: "kept", problem: null }, { to: "ada@example.org" }]);
  t.regex(items[0].text, /[0-9]{6}/);
  t.like(await rig.get("/messages?to=ada@example.org"), { items: [{ to: "ada@example.org" }] });
  const page = await rig.get("/messages?limit=1");
  t.like(await rig.get(`/messages?limit=1&after=${page.next}`), { items: [{ to: "ada@example.org" }] });
  const answer = await rig.request("GET", "/api/messages");
  t.is(answer.headers.get("cache-control"), "no-store");
  t.is((await rig.request("GET", "/api/messages", { headers: { authorization: "Bearer nobody-at-all-0123" } })).status, 401);
  t.notRegex(rig.log, new RegExp(/[0-9]{6}/.exec(items[0].text)![0]));
});

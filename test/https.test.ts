import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import test, { type ExecutionContext } from "ava";
import { startCloud } from "../cloud/cloud";
import { HttpServer } from "../cloud/http/http-server";
import { readSettings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { CloudRig, type Json } from "./support/cloud-rig";
import { selfSigned } from "./support/self-signed";

interface SecureAnswer {
  status: number;
  body: Json;
  cookies: string[];
  protocol: string | null;
  /** Whether browsers are told to come by HTTPS alone. */
  strict: string | undefined;
}

/** One request on a connection of its own. */
function ask(url: string, options: RequestOptions, body?: object): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...options }, (response) => {
      const protocol = (response.socket as TLSSocket).getProtocol();
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode!, body: text.startsWith("{") ? JSON.parse(text) : undefined, cookies: response.headers["set-cookie"] ?? [], protocol, strict: response.headers["strict-transport-security"] }));
    });
    sent.on("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

interface Files {
  certificateFile: string;
  keyFile: string;
}

function files(t: ExecutionContext): Files & { write(pair: { cert: string; key: string }): void } {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [certificateFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  return {
    certificateFile,
    keyFile,
    write({ cert, key }) {
      writeFileSync(certificateFile, cert);
      writeFileSync(keyFile, key, { mode: 0o600 });
    },
  };
}

test("with a certificate the cloud speaks HTTPS and nothing else, sets secure cookies, and takes a renewed one", async (t) => {
  const pair = selfSigned();
  const { write, ...tls } = files(t);
  write(pair);
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  rig.settings.tls = tls;
  await rig.restart();
  const { url } = rig.cloud;
  t.regex(url, /^https:/);
  const trusted = { ca: pair.cert };

  const health = await ask(`${url}/api/health`, trusted);
  t.is(health.status, 200);
  t.regex(health.protocol!, /^TLSv1\.[23]$/);
  t.is(health.strict, "max-age=31536000");
  t.is((await ask(`${url}/`, trusted)).strict, "max-age=31536000", "pages too");
  await t.throwsAsync(ask(`${url}/api/health`, {}), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  await t.throwsAsync(ask(`${url}/api/health`, { ...trusted, maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" }));
  await t.throwsAsync(fetch(`${url.replace("https:", "http:")}/api/health`), undefined, "no HTTP at the same port");

  const identifier = "nina@example.com";
  const json = { ...trusted, method: "POST", headers: { "content-type": "application/json", origin: url } };
  t.is((await ask(`${url}/api/sign-in/codes`, json, { identifier })).status, 202);
  await rig.cloud.settled();
  const authorization = `Bearer ${rig.cloud.adminToken.token}`;
  const { items } = (await ask(`${url}/api/messages`, { ...trusted, headers: { authorization } })).body;
  const code = /\b\d{8}\b/.exec(JSON.stringify(items[0]))![0];
  const { cookies } = await ask(`${url}/api/sign-in`, json, { identifier, code });
  t.regex(cookies[0], /^__Host-.*; Secure/);

  const renewed = selfSigned();
  write(renewed);
  rig.clock.advance(3_600);
  t.is((await ask(`${url}/api/health`, { ca: renewed.cert })).status, 200);
  await t.throwsAsync(ask(`${url}/api/health`, trusted));
  write({ cert: "half of a file", key: renewed.key });
  rig.clock.advance(3_600);
  t.is((await ask(`${url}/api/health`, { ca: renewed.cert })).status, 200, "what cannot be read changes nothing");
});

test("HTTP: large heads, and more connections of one address than anybody needs are ended; behind HTTPS of a proxy browsers are told to stay there", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  t.is((await rig.request("GET", "/api/health")).headers.get("strict-transport-security"), null, "not where people come by HTTP");
  const port = Number(new URL(rig.cloud.url).port);
  const open = (bytes: string): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(socket));
      socket.on("error", () => socket.destroy()).on("end", () => socket.destroy()).write(bytes);
    });
  const large = await open(`GET /api/health HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(9_000)}\r\n\r\n`);
  t.regex(await new Promise<string>((resolve) => large.once("data", (bytes: Buffer) => resolve(bytes.toString()))), /^HTTP\/1.1 431 /);
  const slow = await Promise.all(Array.from({ length: 700 }, () => open("GET /api/health HTTP/1.1\r\nhost: a\r\n")));
  const standing = () => slow.filter((socket) => !socket.closed).length;
  while (standing() > 600) await new Promise((resolve) => setTimeout(resolve, 20));
  t.true(standing() > 500);
  t.is(rig.log.split("closed a connection to HTTP").length - 1, 1, "one line in the log");
  for (const socket of slow) socket.destroy();
  while ((await rig.request("GET", "/api/health").catch(() => ({ status: 0 }))).status !== 200);
  rig.settings.publicUrl = "https://doors.example.org";
  await rig.restart();
  t.is((await rig.request("GET", "/api/health")).headers.get("strict-transport-security"), "max-age=31536000");
});

test("HTTP: a head that does not come to its end, and a TLS handshake that does not, are ended", async (t) => {
  const pair = selfSigned();
  for (const certificate of [undefined, { cert: Buffer.from(pair.cert), key: Buffer.from(pair.key) }]) {
    const server = await HttpServer.start({ host: "127.0.0.1", port: 0, certificate, patience: { headMs: 300, checkMs: 50 } }, { fetch: () => new Response("there") });
    t.teardown(() => server.stop());
    const began = performance.now();
    const socket = connect(server.port, "127.0.0.1", () => socket.write(certificate === undefined ? "GET / HTTP/1.1\r\nhost: a\r\n" : Buffer.of(0x16, 3, 1)));
    // A byte now and then does not help.
    const drip = setInterval(() => socket.write(certificate === undefined ? "x: y\r\n" : Buffer.of(2)), 50);
    socket.on("error", () => socket.destroy()).resume();
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(drip);
    t.true(performance.now() - began >= 100); // Node counts from when its loop last looked at the clock
  }
});

test("a certificate that is missing, another key's or no certificate stops the start with one line", async (t) => {
  const { write, ...tls } = files(t);
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const complaint = async (): Promise<string> => {
    const { message } = await t.throwsAsync(startCloud({ ...rig.settings, tls, mqttPort: 0 }, { clock: rig.clock }), { instanceOf: StartupError });
    t.false(message.includes("\n") || message.includes("PRIVATE"), message);
    return message;
  };
  t.regex(await complaint(), /file of LATCHKEY_TLS_CERT/);
  write({ ...selfSigned(), key: selfSigned().key });
  t.regex(await complaint(), /not a certificate and its key/);
  write({ ...selfSigned(), cert: "no certificate" });
  t.regex(await complaint(), /not a certificate and its key/);
});

test("settings: certificate and key come together, a public address has no path, and a database URL is one", (t) => {
  const complaint = (variables: Record<string, string>) => t.throws(() => readSettings(variables), { instanceOf: StartupError }).message;
  t.regex(complaint({ LATCHKEY_TLS_CERT: "a.pem" }), /together/);
  for (const url of ["https://doors.example/path", "doors.example", "ftp://doors.example", "https://me@doors.example"]) t.regex(complaint({ LATCHKEY_PUBLIC_URL: url }), /LATCHKEY_PUBLIC_URL must be/);
  t.is(readSettings({ LATCHKEY_PUBLIC_URL: "https://Doors.example:443/" }).publicUrl, "https://doors.example");
  for (const url of ["mysql://u:secret@h/d", "postgres://u:secret@h", "postgres://u:secret@h:99999999/d"]) {
    t.regex(complaint({ LATCHKEY_DATABASE_URL: url }), /LATCHKEY_DATABASE_URL must be/);
    t.false(complaint({ LATCHKEY_DATABASE_URL: url }).includes("secret"));
  }
});

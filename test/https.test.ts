import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import test, { type ExecutionContext } from "ava";
import { startCloud } from "../cloud/cloud";
import { readSettings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { CloudRig, type Json } from "./support/cloud-rig";
import { selfSigned } from "./support/self-signed";

interface SecureAnswer {
  status: number;
  body: Json;
  cookies: string[];
  protocol: string | null;
}

/** One request on a connection of its own. */
function ask(url: string, options: RequestOptions, body?: object): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...options }, (response) => {
      const protocol = (response.socket as TLSSocket).getProtocol();
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode!, body: text === "" ? undefined : JSON.parse(text), cookies: response.headers["set-cookie"] ?? [], protocol }));
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

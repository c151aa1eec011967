import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request, type RequestOptions } from "node:https";
import { connect as connectTcp, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import test, { type ExecutionContext } from "ava";
import { readSettings } from "../cloud/settings";
import { StartupError } from "../cloud/startup-error";
import { HttpServer } from "../cloud/http/http-server";
import { startController } from "../firmware/controller";
import { Building } from "../hardware-sim/building/building";
import { secureStream } from "../hardware-sim/building/net/board-tls";
import { NodeFirmware } from "../hardware-sim/building/engine/node-firmware";
import { readCa } from "../hardware-sim/building/read-ca";
import { BareBroker, doorId, passwordOf } from "./support/bare-broker";
import { CloudRig, type Json } from "./support/cloud-rig";
import { TestAuthority, type Pair } from "./support/self-signed";

const DOOR = doorId(0xa1);

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), "latchkey-tls-"));
  t.teardown(() => rmSync(made, { recursive: true }));
  return made;
}

function pairOf({ cert, key }: Pair): { cert: Buffer; key: Buffer } {
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

/** The handshake of one connection. @throws where there is none. */
function shake(port: number, ca: string, options: object = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port, ca, ...options }, () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}

test("a broker with a certificate speaks TLS 1.2 and 1.3 and nothing else, resumes sessions, and sends records that a board can hold", async (t) => {
  const authority = new TestAuthority();
  const bare = await BareBroker.start(t, { address: { certificate: pairOf(authority.issue()) } });
  const tls = { protocol: "mqtts", ca: authority.cert } as const;
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const client = await bare.door(DOOR, { ...tls, minVersion: version, maxVersion: version } as object);
    t.is((client.stream as TLSSocket).getProtocol(), version);
    await client.endAsync(true);
  }
  await t.throwsAsync(shake(bare.port, authority.cert, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }));
  await t.throwsAsync(shake(bare.port, new TestAuthority().cert), { code: "CERT_SIGNATURE_FAILURE" });
  await t.throwsAsync(bare.door(DOOR), undefined, "no MQTT without TLS at this port");

  const first = await shake(bare.port, authority.cert, { maxVersion: "TLSv1.2" });
  const session = first.getSession();
  first.destroy();
  const second = await shake(bare.port, authority.cert, { maxVersion: "TLSv1.2", session });
  t.true(second.isSessionReused());
  second.destroy();

  const { port, records } = await recordingProxy(t, bare.port);
  const door = await bare.door(DOOR, { ...tls, port });
  const whole = new Promise<Buffer>((resolve) => door.once("message", (_topic, payload) => resolve(payload)));
  t.true(await bare.broker.send(DOOR, "page/0", new Uint8Array(7_000).fill(1)));
  t.is((await whole).length, 7_000);
  t.true(Math.max(...records) <= 4_096 + 256, `${Math.max(...records)}`);
  t.true(records.filter((length) => length > 2_000).length >= 2, "in two parts");
  await door.endAsync(true);
});

/** Hands everything on, and notes how long the TLS records (RFC 8446 §5.1) are that the server sends. */
async function recordingProxy(t: ExecutionContext, target: number): Promise<{ port: number; records: number[] }> {
  const records: number[] = [];
  const server = createServer((near) => {
    const far = connectTcp(target, "127.0.0.1");
    let held = Buffer.alloc(0);
    far.on("data", (chunk) => {
      near.write(chunk);
      held = Buffer.concat([held, chunk]);
      while (held.length >= 5 && held.length >= 5 + held.readUInt16BE(3)) {
        records.push(held.readUInt16BE(3));
        held = held.subarray(5 + held.readUInt16BE(3));
      }
    });
    near.on("data", (chunk) => far.write(chunk));
    for (const [one, other] of [[near, far], [far, near]]) one.on("close", () => other.destroy()).on("error", () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, records };
}

test("what doors fetch over HTTPS comes in records that a board can hold", async (t) => {
  const authority = new TestAuthority();
  const server = await HttpServer.start({ host: "127.0.0.1", port: 0, certificate: pairOf(authority.issue()) }, { fetch: () => Promise.resolve(new Response(new Uint8Array(70_000))) });
  t.teardown(() => server.stop());
  const { port, records } = await recordingProxy(t, server.port);
  const bytes = await new Promise<number>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, ca: authority.cert, agent: false }, (response) => {
      let length = 0;
      response.on("data", (part: Buffer) => (length += part.length)).on("end", () => resolve(length));
    });
    sent.on("error", reject).end();
  });
  t.is(bytes, 70_000);
  t.true(Math.max(...records) <= 4_096 + 256, `${Math.max(...records)}`);
});

test("a door's certificate is its login, where it is this cloud's, its own and in date", async (t) => {
  const [authority, doors] = [new TestAuthority(), new TestAuthority("Latchkey test doors")];
  const bare = await BareBroker.start(t, { address: { certificate: pairOf(authority.issue()), clientAuthorities: [doors.cert] } });
  const connect = async (pair: Partial<Pair>, more: object = {}) => {
    const client = await bare.door(DOOR, { protocol: "mqtts", ca: authority.cert, password: undefined, ...pair, ...more } as object);
    await client.endAsync(true);
  };
  const own = doors.issue({ commonName: DOOR, dns: [DOOR], addresses: [] });
  await connect(own);
  await connect(own, { maxVersion: "TLSv1.2" });
  t.is(bare.logins, 0, "no password was asked for");
  await connect({}, { password: passwordOf(DOOR) });
  t.is(bare.logins, 1, "the other way in");

  const intermediate = new TestAuthority("Latchkey test branch", doors);
  const wrong = {
    "none at all": {},
    "another door's": doors.issue({ commonName: doorId(0xa2) }),
    "of another CA": new TestAuthority("Latchkey test doors").issue({ commonName: DOOR }),
    "of a CA that this one vouches for": intermediate.issue({ commonName: DOOR }),
    "over": doors.issue({ commonName: DOOR, years: ["20", "21"] }),
    "not yet": doors.issue({ commonName: DOOR, years: ["48", "49"] }),
    "no door's": doors.issue({ commonName: "door" }),
  };
  for (const [what, pair] of Object.entries(wrong)) await t.throwsAsync(connect(pair), undefined, what);
  bare.claimed = () => false;
  await t.throwsAsync(connect(own), undefined, "a door that was released is nobody's");
});

test("certificates are renewed without a restart, at HTTPS and at MQTT; a broken pair leaves the one that is there, and is said once", async (t) => {
  const [authority, renewed] = [new TestAuthority(), new TestAuthority("Latchkey test CA 2")];
  const home = folder(t);
  const files = { certificateFile: join(home, "cert.pem"), keyFile: join(home, "key.pem") };
  const write = ({ cert, key }: Pair): void => {
    writeFileSync(files.certificateFile, cert);
    writeFileSync(files.keyFile, key);
  };
  write(authority.issue());
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  Object.assign(rig.settings, { tls: files, mqttTls: files, mqttPort: 0, mqttPlainPort: 0 });
  await rig.restart();
  const httpsPort = Number(new URL(rig.cloud.url).port);
  const ports = [httpsPort, rig.cloud.mqttPort];
  const believed = async (ca: string): Promise<boolean[]> =>
    Promise.all(ports.map((port) => shake(port, ca).then((socket) => (socket.destroy(), true), () => false)));
  t.deepEqual(await believed(authority.cert), [true, true]);

  const open = await shake(rig.cloud.mqttPort, authority.cert);
  write(renewed.issue());
  rig.clock.advance(30);
  t.deepEqual([await believed(renewed.cert), await believed(authority.cert)], [[true, true], [false, false]]);
  t.false(open.destroyed, "whoever is connected stays so");
  open.destroy();

  for (const [broken, said] of [
    [{ ...authority.issue(), key: authority.issue().key }, "not a certificate and its key"],
    [{ cert: "half of a", key: "file" }, "not a certificate and its key"],
    [authority.issue({ years: ["20", "21"] }), "has ended already"],
  ] as const) {
    const before = rig.log.length;
    write(broken);
    rig.clock.advance(120);
    t.deepEqual(await believed(renewed.cert), [true, true]);
    t.is(rig.log.slice(before).split(said).length - 1, 1, said);
    t.false(rig.log.includes("PRIVATE"));
  }
  write(authority.issue());
  rig.clock.advance(30);
  t.deepEqual(await believed(authority.cert), [true, true], "and what is good again is taken");
  rig.clock.advance(Date.UTC(2048, 11, 25) / 1_000 - rig.clock.now());
  t.true(rig.log.includes("ends soon"));
});

test("a door of the building with the cloud's CA claims itself and listens over TLS", async (t) => {
  const authority = new TestAuthority();
  const home = folder(t);
  const files = { certificateFile: join(home, "cert.pem"), keyFile: join(home, "key.pem") };
  const { cert, key } = authority.issue();
  writeFileSync(files.certificateFile, cert);
  writeFileSync(files.keyFile, key);
  writeFileSync(join(home, "ca.pem"), authority.cert);
  // The cloud's clock is the doors' here: firmware keeps no time of the past.
  const rig = await CloudRig.start(Math.floor(Date.now() / 1_000));
  t.teardown(() => rig.stop());
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  Object.assign(rig.settings, { tls: files, mqttTls: files, mqttPort: 0 });
  await rig.restart();
  const building = await Building.start({ cloud: new URL(rig.cloud.url), ca: readCa(join(home, "ca.pem")), doors: ["Front door"], engine: new NodeFirmware(startController), dataFolder: join(home, "building"), port: 0 });
  t.teardown(() => building.close());
  const [door] = building.doors;
  while (door.view.claim === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  const ask = (method: string, path: string, body?: object): Promise<Json> => askSecurely(rig, authority.cert, method, path, body);
  const { id } = await ask("POST", "/api/doors", { property, name: "Front door", claim: door.view.claim });
  while (!(await ask("GET", `/api/doors/${id}`)).upToDate) await new Promise((resolve) => setTimeout(resolve, 50));
  t.true((await ask("GET", `/api/doors/${id}`)).online);
});

function askSecurely(rig: CloudRig, ca: string, method: string, path: string, body?: object): Promise<Json> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${rig.cloud.adminToken.token}`, "content-type": "application/json" };
    const sent = request(rig.cloud.url + path, { method, ca, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => (response.statusCode! < 300 ? resolve(JSON.parse(text)) : reject(new Error(text))));
    });
    sent.on("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

test("a door refuses a broker of another name or CA, one out of date or vouched for by others, and TLS 1.1", async (t) => {
  const authority = new TestAuthority();
  const ca = new Uint8Array(new X509Certificate(authority.cert).raw);
  const meets = async (pair: Pair, host = "127.0.0.1", options: TlsOptions = {}): Promise<string> => {
    const server = createTlsServer({ ...pair, ...options }, (socket) => socket.on("error", () => undefined).end("x"));
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => server.close());
    const stream = secureStream(connectTcp((server.address() as AddressInfo).port, "127.0.0.1"), host, ca);
    return new Promise((resolve) => {
      stream.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      stream.once("data", () => resolve("believed"));
    });
  };
  t.is(await meets(authority.issue()), "believed");
  t.is(await meets(authority.issue(), "localhost"), "believed");
  t.is(await meets(authority.issue(), "127.0.0.1", { maxVersion: "TLSv1.2" }), "believed");
  t.is(await meets(authority.issue(), "doors.example"), "ERR_TLS_CERT_ALTNAME_INVALID");
  t.is(await meets(authority.issue({ addresses: ["10.0.0.1"] })), "ERR_TLS_CERT_ALTNAME_INVALID");
  t.is(await meets(new TestAuthority().issue()), "CERT_SIGNATURE_FAILURE");
  t.is(await meets(new TestAuthority("Another").issue()), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  t.is(await meets(authority.issue({ years: ["20", "21"] })), "CERT_HAS_EXPIRED");
  const branch = new TestAuthority("Branch", authority);
  const chained = branch.issue();
  t.is(await meets({ ...chained, cert: chained.cert + branch.cert }), "not signed by the CA itself");
  t.not(await meets(authority.issue(), "127.0.0.1", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }), "believed");
});

test("settings: MQTT has the certificate of HTTP unless it is given its own, and a plain port only where asked for", (t) => {
  const complaint = (variables: Record<string, string>) => t.throws(() => readSettings(variables), { instanceOf: StartupError }).message;
  const http = { LATCHKEY_TLS_CERT: "/a.pem", LATCHKEY_TLS_KEY: "/b.pem" };
  t.like(readSettings(http), { mqttPort: 8_883, mqttTls: { certificateFile: "/a.pem", keyFile: "/b.pem" }, mqttPlainPort: undefined });
  t.like(readSettings({ ...http, LATCHKEY_MQTT_TLS_CERT: "/c.pem", LATCHKEY_MQTT_TLS_KEY: "/d.pem", LATCHKEY_MQTT_PORT: "1884", LATCHKEY_MQTT_PLAIN_PORT: "1883" }), { mqttPort: 1_884, mqttTls: { certificateFile: "/c.pem" }, mqttPlainPort: 1_883 });
  t.like(readSettings({}), { mqttPort: 1_883, mqttTls: undefined });
  t.regex(complaint({ LATCHKEY_MQTT_TLS_CERT: "a.pem" }), /LATCHKEY_MQTT_TLS_CERT and LATCHKEY_MQTT_TLS_KEY are set together/);
  t.regex(complaint({ LATCHKEY_MQTT_CLIENT_CA: "a.pem" }), /LATCHKEY_MQTT_CLIENT_CA means something only/);
});

/** Where Debian and others have it. */
const NGINX = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx"].find((file) => existsSync(file));
if (NGINX === undefined) console.log("The reverse proxy is left out: there is no nginx.");

(NGINX === undefined ? test.skip : test)("behind nginx as docs/tls.md has it: secure cookies, live streams, HTTPS from then on", async (t) => {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const [authority, home, port] = [new TestAuthority(), folder(t), await freePort()];
  rig.settings.publicUrl = `https://localhost:${port}`;
  await rig.restart();
  const { cert, key } = authority.issue();
  writeFileSync(join(home, "fullchain.pem"), cert);
  writeFileSync(join(home, "key.pem"), key);
  const written = /```nginx\n([^]*?)```/.exec(readFileSync(join(__dirname, "..", "docs", "tls.md"), "utf8"))![1];
  const server = written.replace("listen 443", `listen 127.0.0.1:${port}`).replaceAll("/etc/latchkey", home).replace("http://127.0.0.1:8080", rig.cloud.url);
  const files = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${home}/${name};`).join(" ");
  writeFileSync(join(home, "nginx.conf"), `daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log; events {} http { access_log off; ${files} ${server} }`);
  const nginx = spawn(NGINX!, ["-p", home, "-c", join(home, "nginx.conf"), "-e", join(home, "error.log")], { stdio: "ignore" });
  t.teardown(() => void nginx.kill());
  const ask = (path: string, options: RequestOptions = {}, body?: object): Promise<{ head: IncomingMessage; text: string }> =>
    new Promise((resolve, reject) => {
      const sent = request(`https://localhost:${port}${path}`, { ca: authority.cert, agent: false, ...options }, (head) => {
        let text = "";
        head.setEncoding("utf8").on("data", (part: string) => {
          text += part;
          // A live stream does not end: its first event is its answer here.
          if (head.headers["content-type"]?.startsWith("text/event-stream") === true) {
            resolve({ head, text });
            head.destroy();
          }
        });
        head.on("end", () => resolve({ head, text }));
      });
      sent.on("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  while ((await ask("/api/health").catch(() => undefined)) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  t.is((await ask("/api/health")).head.headers["strict-transport-security"], "max-age=31536000");

  const json = { method: "POST", headers: { "content-type": "application/json", origin: `https://localhost:${port}`, "x-forwarded-for": "203.0.113.9" } };
  t.is((await ask("/api/sign-in/codes", json, { identifier: "nina@example.com" })).head.statusCode, 202);
  await rig.cloud.settled();
  const code = /\b\d{8}\b/.exec(JSON.stringify((await rig.get("/messages")).items[0]))![0];
  const signedIn = await ask("/api/sign-in", json, { identifier: "nina@example.com", code });
  t.regex(signedIn.head.headers["set-cookie"]![0], /^__Host-latchkey=.*; Secure/);

  const authorization = `Bearer ${rig.cloud.adminToken.token}`;
  const property = (await rig.post("/properties", { name: "Rue des Lilas 7" })).id;
  const person = await rig.post("/people", { property, name: "Ada", class: "resident" });
  const revocation = await rig.post("/revocations", { person: person.id });
  const live = await ask(`/api/revocations/${revocation.id}/live`, { headers: { authorization } });
  t.regex(live.text, /event: truth/);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

import { readFileSync, writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { downFilter, upTopic } from "../protocol/topics";
import { CloudRig, NOON, type Json } from "./support/cloud-rig";
import { externalBroker } from "./support/external-broker";
import { MosquittoServer, whyNoMosquitto } from "./support/mosquitto-server";
import { ProtocolDoor } from "./support/protocol-door";

const reason = whyNoMosquitto();
if (reason !== undefined) console.log(`Mosquitto is left out: ${reason}`);
const withMosquitto = reason === undefined ? test : test.skip;

/** A Mosquitto as the product sets it up, a cloud that makes the doors' logins there, and a property. */
async function begin(t: ExecutionContext): Promise<{ mosquitto: MosquittoServer; rig: CloudRig; property: string }> {
  const mosquitto = await MosquittoServer.start({ dynamicSecurity: true });
  t.teardown(() => mosquitto.stop());
  const rig = await CloudRig.start(NOON, { broker: externalBroker(mosquitto.cloudUrl, { logins: "mosquitto" }) });
  t.teardown(() => rig.stop());
  return { mosquitto, rig, property: (await rig.post("/properties", { name: "Rue des Lilas 7" })).id };
}

async function addPerson(rig: CloudRig, property: string, ...doors: ProtocolDoor[]): Promise<{ id: string; pin: string }> {
  const person = await rig.post("/people", { property, name: "Ada", class: "resident", pins: [{ grants: [{ doors: doors.map(({ hex }) => hex) }] }] });
  return { id: person.id, pin: person.pins[0].pin };
}

/** Asks until it holds: brokers take their time, and nothing is slept away. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Somebody with a door's login, and ideas of their own. */
function logIn(mosquitto: MosquittoServer, door: ProtocolDoor, as = door.hex): Promise<MqttClient> {
  return connectAsync(mosquitto.url(door.hex, Buffer.from(door.login.password).toString()), { clientId: as, protocolVersion: 4, reconnectPeriod: 0 });
}

function clientsOf(mosquitto: MosquittoServer): Json[] {
  return JSON.parse(readFileSync(mosquitto.securityFile, "utf8")).clients;
}

withMosquitto("a door claimed over HTTP has its login at Mosquitto, and a revocation is acknowledged there", async (t) => {
  const { mosquitto, rig, property } = await begin(t);
  const door = await ProtocolDoor.claimed(rig, property, "Front door");
  t.is(door.login.brokerPort, mosquitto.port, "it is told where to go");
  await door.connect();
  const ada = await addPerson(rig, property, door);
  await door.until(() => door.knows(ada.pin));
  t.true((await rig.get(`/doors/${door.hex}`)).online);
  const revocation = await rig.post("/revocations", { person: ada.id });
  await door.until(() => !door.knows(ada.pin));
  await until(async () => (await rig.get(`/revocations/${revocation.id}`)).complete);
  await door.disconnect();
  t.false(rig.log.includes(Buffer.from(door.login.password).toString()), "no password in the log");
  t.false(rig.log.includes("only-for-tests"));
});

import test from "ava";
import { CloudRig, NOON } from "./support/cloud-rig";
import { externalBroker } from "./support/external-broker";
import { MosquittoServer } from "./support/mosquitto-server";
import { ProtocolDoor } from "./support/protocol-door";

test("a door at Mosquitto gets its list, and a revocation is acknowledged", async (t) => {
  const mosquitto = await MosquittoServer.start();
  const rig = await CloudRig.start(NOON, { broker: externalBroker(mosquitto.url()) });
  const { id: property } = await rig.post("/properties", { name: "Rue des Lilas 7" });
  const door = await ProtocolDoor.claimed(rig, property, "Front door");
  t.is(door.login.brokerPort, mosquitto.port);
  await door.connect();
  const person = await rig.post("/people", { property, name: "Ada", class: "resident", pins: [{ grants: [{ doors: [door.hex] }] }] });
  await door.until(() => door.knows(person.pins[0].pin));
  t.true((await rig.get(`/doors/${door.hex}`)).online);
  const revocation = await rig.post("/revocations", { person: person.id });
  await door.until(() => !door.knows(person.pins[0].pin));
  while (!(await rig.get(`/revocations/${revocation.id}`)).complete);
  await door.disconnect();
  await rig.stop();
  await mosquitto.stop();
  t.log(rig.log);
});

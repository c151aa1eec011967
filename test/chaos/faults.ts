import type { VirtualRandom } from "../../hardware-sim/virtual-random";
import type { CuttableLine } from "../support/cuttable-line";
import type { Cluster } from "./cluster";

/** Something that goes wrong. */
export interface Fault {
  what: string;
  strike(): Promise<void> | void;
  heal(): Promise<void> | void;
}

/** All that can go wrong with a cluster, one at a time. */
export function faultsOf(cluster: Cluster, random: VirtualRandom): Fault[] {
  const { nodes, broker, database, doorsLine } = cluster;
  return [
    ...nodes.map(({ name, cloud }) => ({ what: `cloud process ${name} killed with -9`, strike: () => cloud.kill("SIGKILL"), heal: () => cloud.start() })),
    { what: "broker killed with -9", strike: () => broker.pause("SIGKILL"), heal: () => broker.resume() },
    { what: "database ended as by a power cut", strike: () => database.pause("SIGQUIT"), heal: () => database.resume() },
    ...nodes.flatMap(({ name, toBroker, toDatabase }) => [cut(`network between ${name} and the broker`, [toBroker], random), cut(`network between ${name} and the database`, [toDatabase], random)]),
    cut("network between the doors and the broker", [doorsLine], random),
    cut("network between both cloud processes and the broker", nodes.map(({ toBroker }) => toBroker), random),
    cut("network between both cloud processes and the database", nodes.map(({ toDatabase }) => toDatabase), random),
  ];
}

function cut(what: string, lines: readonly CuttableLine[], random: VirtualRandom): Fault {
  const silently = random.chance(0.5);
  return {
    what: `${what} ${silently ? "silent" : "reset"}`,
    strike: () => lines.forEach((line) => (silently ? line.silence() : line.reset())),
    heal: () => lines.forEach((line) => line.heal()),
  };
}

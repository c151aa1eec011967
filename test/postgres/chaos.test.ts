/** Two cloud processes, PostgreSQL and Mosquitto, killed and cut off in the middle of revocations; `npm run chaos` does it for long. */
import test from "ava";
import { runChaos } from "../chaos/run-chaos";
import { whyNoMosquitto } from "../support/mosquitto-server";
import { whyNoPostgres } from "../support/postgres-server";

const SEED = "kills-42"; // a cloud process, the broker and the database die, and a line is cut
const ROUNDS = 4;
const title = "X1: a cloud process, the broker, the database and a line fail amid revocations: nothing confirmed is lost, nothing is called acknowledged too early, all doors agree";

const reason = whyNoMosquitto() ?? whyNoPostgres();
if (reason !== undefined) {
  console.log(`the cluster that is killed is left out: ${reason}`);
  test.skip(`${title}: ${reason}`, (t) => t.pass());
} else {
  test(title, async (t) => {
    t.timeout(290_000);
    const { violations, revoked, looks, events } = await runChaos({ seed: SEED, rounds: ROUNDS, doors: 3, print: (line) => t.log(line) });
    t.deepEqual(violations, [], `seed ${SEED}`);
    t.true(revoked > 5 && looks > 50 && events > 10, `${revoked} revocations, ${looks} looks, ${events} events`);
  });
}

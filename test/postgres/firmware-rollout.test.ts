import { onPostgres } from "../support/test-database";

onPostgres(() => require("../firmware-rollout.test"));

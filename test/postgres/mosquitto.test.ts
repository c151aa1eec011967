import { onPostgres } from "../support/test-database";

onPostgres(() => require("../mosquitto.test"));

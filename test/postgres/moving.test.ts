import { onPostgres } from "../support/test-database";

onPostgres(() => require("../moving.test"));

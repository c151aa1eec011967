import { onPostgres } from "../support/test-database";

onPostgres(() => require("../fleet.test"));

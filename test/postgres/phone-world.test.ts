import { onPostgres } from "../support/test-database";

onPostgres(() => require("../phone-world.test"));

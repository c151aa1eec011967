import { onPostgres } from "../support/test-database";

onPostgres(() => require("../accounts.test"));

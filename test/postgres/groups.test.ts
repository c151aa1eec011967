import { onPostgres } from "../support/test-database";

onPostgres(() => require("../groups.test"));

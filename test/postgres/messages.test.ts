import { onPostgres } from "../support/test-database";

onPostgres(() => require("../messages.test"));

import { onPostgres } from "../support/test-database";

onPostgres(() => require("../households.test"));

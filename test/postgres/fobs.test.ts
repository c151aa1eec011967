import { onPostgres } from "../support/test-database";

onPostgres(() => require("../fobs.test"));

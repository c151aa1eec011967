import { onPostgres } from "../support/test-database";

onPostgres(() => require("../operations.test"));

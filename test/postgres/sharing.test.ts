import { onPostgres } from "../support/test-database";

onPostgres(() => require("../sharing.test"));

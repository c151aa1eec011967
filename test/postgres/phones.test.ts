import { onPostgres } from "../support/test-database";

onPostgres(() => require("../phones.test"));

import { onPostgres } from "../support/test-database";

onPostgres(() => require("../remote-unlock.test"));

import { onPostgres } from "../support/test-database";

onPostgres(() => require("../keys-and-roots.test"));

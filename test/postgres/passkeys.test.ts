import { onPostgres } from "../support/test-database";

onPostgres(() => require("../passkeys.test"));

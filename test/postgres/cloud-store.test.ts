import { onPostgres } from "../support/test-database";

onPostgres(() => require("../cloud-store.test"));

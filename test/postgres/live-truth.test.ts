import { onPostgres } from "../support/test-database";

onPostgres(() => require("../live-truth.test"));

import type { ReadinessCheck } from "../operations/readiness";
import { routes, type Routes } from "./api";

/** What machines ask of this process: whether it lives, and whether it should be given work. Open to all, and says nothing that anybody may not know. */
export function healthRoutes({ readiness }: { readiness: ReadinessCheck }): Routes {
  const app = routes();
  app.get("/healthz", (c) => c.json({ status: "ok" }, 200, { "cache-control": "no-store" }));
  app.get("/readyz", async (c) => {
    const said = await readiness.look();
    return c.json(said, said.ready ? 200 : 503, { "cache-control": "no-store" });
  });
  return app;
}

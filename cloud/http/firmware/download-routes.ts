import { Hono } from "hono";
import { admitFetch } from "../../firmware-images/fetch-image";
import { isOffered } from "../../firmware-images/image-offer";
import type { ImageStreams } from "../../firmware-images/image-stream";
import { inTransaction } from "../../store/transaction";
import type { ApiParts } from "../api";

/**
 * Images for doors (SPEC 19): at the path that each was offered, which nobody else knows. An image is no secret and
 * proves nothing; what is at stake is who counts as having it, and the line.
 */
export function downloadRoutes(parts: DownloadParts): Hono {
  const app = new Hono();
  app.get("/:image/:door/:token", async (c) => {
    const { database, keystore, clock, images } = parts;
    const { image, door, token } = c.req.param();
    if (!isOffered(keystore.sealing, image, door, token)) return c.body(null, 404, NEVER_KEPT);
    if (!images.hasRoom(door)) return c.body(null, 503, { ...NEVER_KEPT, "retry-after": "60" });
    const admitted = await inTransaction(database, (unit) => admitFetch(unit, image, door, clock.now()));
    if (admitted === "gone") return c.body(null, 404, NEVER_KEPT);
    if ("retryAfter" in admitted) return c.body(null, 503, { ...NEVER_KEPT, "retry-after": String(admitted.retryAfter) });
    const head = { ...NEVER_KEPT, "content-type": "application/octet-stream", "content-length": String(admitted.size) };
    if (c.req.method === "HEAD") return c.body(null, 200, head);
    return c.body(images.open(image, door, admitted), 200, head);
  });
  return app;
}

const NEVER_KEPT = { "cache-control": "no-store" };

export type DownloadParts = Pick<ApiParts, "database" | "keystore" | "clock"> & { images: ImageStreams };

import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { toHex } from "../../../protocol/bytes";
import { decodeClaim } from "../../../protocol/enrolment";
import { acceptClaim, answerHello } from "../../doors/claim-door";
import { ENROLMENT_BODY_BYTES_MAX } from "../../limits";
import { Refusal } from "../../refusal";
import { change, read, type ApiParts } from "../api";

/** The claim of doors (SPEC 13): CBOR, without the administrator's token, because a door has none. */
export function enrolmentRoutes(parts: ApiParts): Hono {
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: ENROLMENT_BODY_BYTES_MAX,
      onError: () => {
        throw new Refusal("too-large");
      },
    }),
  );
  app.use(async (c, next) => {
    if (c.req.method === "POST" && mediaType(c.req.header("content-type")) !== "application/cbor") throw new Refusal("unsupported-media-type", "The body must be application/cbor.");
    await next();
  });
  app.post("/hello", async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const welcome = await read(parts, (unit, now) => answerHello(unit, parts.keystore, bytes, now));
    return cbor(welcome);
  });
  app.post("/claim", async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const grant = await change(parts, (unit, now) => acceptClaim(unit, parts.keystore, parts.brokerAddress(), bytes, now));
    // A connection of a former claim would go on until it breaks.
    const door = toHex(decodeClaim(bytes).door);
    parts.link.drop(door);
    await parts.link.admitted?.(door);
    return cbor(grant);
  });
  return app;
}

export function mediaType(header: string | undefined): string {
  return (header ?? "").split(";")[0].trim().toLowerCase();
}

function cbor(bytes: Uint8Array): Response {
  return new Response(Buffer.from(bytes), { headers: { "content-type": "application/cbor", "cache-control": "no-store" } });
}

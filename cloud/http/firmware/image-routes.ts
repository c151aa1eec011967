import { createRoute, z } from "@hono/zod-openapi";
import { fromHex, toHex } from "../../../protocol/bytes";
import { FIRMWARE_DESCRIPTOR_BYTES_MAX } from "../../../protocol/limits";
import { actorName } from "../../accounts/actor";
import { addImage, removeImage } from "../../firmware-images/add-image";
import { minimumOf } from "../../firmware-images/direct-rollout";
import { distrustImageKey, imageKeyId, imageKeys, readDescriptor, targetName, trustImageKey } from "../../firmware-images/image-keys";
import { Refusal } from "../../refusal";
import { requireSite } from "../../rules/read-standing";
import type { FirmwareImageRow } from "../../store/rows/firmware-rows";
import type { Unit } from "../../store/store";
import { actorOf, change, read, routes, type ApiParts, type Routes } from "../api";
import { formatInstant } from "../people/grant-format";
import { answer, body, Id, Instant, refusals } from "../schemas";

const PublicKey = z.string().regex(/^[0-9a-f]{64}$/, "an Ed25519 key: 64 lower-case hexadecimal digits").openapi({ example: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" });
const ImageKey = z.looseObject({ id: Id, key: PublicKey, addedAt: Instant, addedBy: z.string() }).openapi("ImageKey");
const Image = z
  .looseObject({
    id: Id,
    target: z.string().openapi({ description: "Kind of board: 16 hexadecimal digits." }),
    targetName: z.string(),
    version: z.int(),
    minimumVersion: z.int().openapi({ description: "Doors that have taken this image take none below." }),
    size: z.int().openapi({ description: "Bytes." }),
    hash: z.string(),
    addedAt: Instant,
    addedBy: z.string(),
    held: z.boolean().openapi({ description: "Doors take nothing below the minimum of an image that was rolled out, and this one is below." }),
  })
  .openapi("FirmwareImage");
const Descriptor = z
  .string()
  .regex(/^([0-9a-f]{2})+$/, "pairs of lower-case hexadecimal digits")
  .max(2 * FIRMWARE_DESCRIPTOR_BYTES_MAX)
  .openapi({ description: "What the image key has signed, as `latchkey image sign` writes it." });
const tags = ["firmware"];
const keyParams = z.object({ key: Id });
const imageParams = z.object({ image: Id });
const gone = { 204: { description: "Gone." }, ...refusals };

const listKeys = createRoute({ method: "get", path: "/firmware/keys", summary: "Keys whose firmware images the site takes", tags, responses: { 200: answer(z.object({ items: z.array(ImageKey) }), "All of them."), ...refusals } });
const trust = createRoute({ method: "post", path: "/firmware/keys", summary: "Take firmware images that a key signs", tags, request: body(z.strictObject({ key: PublicKey })), responses: { 201: answer(ImageKey, "From now on. Doors go by the key in the image that they run."), ...refusals } });
const distrust = createRoute({ method: "delete", path: "/firmware/keys/{key}", summary: "Take no more firmware images of a key", tags, request: { params: keyParams }, responses: gone });
const list = createRoute({ method: "get", path: "/firmware/images", summary: "Firmware images of the site", tags, responses: { 200: answer(z.object({ items: z.array(Image) }), "The newest of each kind of board first."), ...refusals } });
const add = createRoute({
  method: "post",
  path: "/firmware/images",
  summary: "Add a signed firmware image",
  tags,
  request: { query: z.object({ descriptor: Descriptor }), body: { required: true, content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } } } },
  responses: { 200: answer(Image, "It was there already."), 201: answer(Image, "Added; no door gets it yet."), ...refusals },
});
const remove = createRoute({ method: "delete", path: "/firmware/images/{image}", summary: "Remove a firmware image", tags, request: { params: imageParams }, responses: gone });

/** Images and the keys that sign them: for whoever runs the site. */
export function imageRoutes(parts: ApiParts): Routes {
  const app = routes();
  app.openapi(listKeys, async (c) => {
    requireSite(actorOf(c));
    return c.json({ items: (await read(parts, imageKeys)).map(formatKey) }, 200);
  });
  app.openapi(trust, async (c) => {
    requireSite(actorOf(c));
    const { key } = c.req.valid("json");
    const keys = await change(parts, async (unit, now) => {
      await trustImageKey(unit, key, actorName(actorOf(c)), now);
      return imageKeys(unit);
    });
    return c.json(formatKey(keys.find(({ public_key }) => public_key === key)!), 201);
  });
  app.openapi(distrust, async (c) => {
    requireSite(actorOf(c));
    await change(parts, (unit, now) => distrustImageKey(unit, c.req.valid("param").key, actorName(actorOf(c)), now));
    return c.body(null, 204);
  });
  app.openapi(list, async (c) => {
    requireSite(actorOf(c));
    const items = await read(parts, async (unit) => {
      const rows = await unit.selectFrom("firmware_images").selectAll().where("removed_at", "is", null).orderBy("target").orderBy("version", "desc").execute();
      const images = [];
      for (const row of rows) images.push(await formatImage(unit, row));
      return images;
    });
    return c.json({ items }, 200);
  });
  app.openapi(add, async (c) => {
    requireSite(actorOf(c));
    const descriptor = fromHex(c.req.valid("query").descriptor)!;
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const { added, image } = await change(parts, async (unit, now) => {
      const { id, added } = await addImage(unit, descriptor, bytes, actorName(actorOf(c)), now);
      return { added, image: await formatImage(unit, await readImage(unit, id)) };
    });
    return added ? c.json(image, 201) : c.json(image, 200);
  });
  app.openapi(remove, async (c) => {
    requireSite(actorOf(c));
    await change(parts, (unit, now) => removeImage(unit, c.req.valid("param").image, actorName(actorOf(c)), now));
    return c.body(null, 204);
  });
  return app;
}

/** @throws {Refusal} `not-found`. */
async function readImage(unit: Unit, id: string): Promise<FirmwareImageRow> {
  const row = await unit.selectFrom("firmware_images").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new Refusal("not-found", "There is no such image.");
  return row;
}

function formatKey({ public_key, created_at, created_by }: { public_key: string; created_at: number; created_by: string }): z.output<typeof ImageKey> {
  return { id: imageKeyId(public_key), key: public_key, addedAt: formatInstant(created_at), addedBy: created_by };
}

async function formatImage(unit: Unit, row: FirmwareImageRow): Promise<z.output<typeof Image>> {
  const { target, hash } = readDescriptor(row.descriptor);
  return {
    id: row.id,
    target: row.target,
    targetName: targetName(target),
    version: row.version,
    minimumVersion: row.minimum_version,
    size: row.size,
    hash: toHex(hash),
    addedAt: formatInstant(row.created_at),
    addedBy: row.created_by,
    held: row.version < (await minimumOf(unit, row.target)),
  };
}

import { createRoute, z } from "@hono/zod-openapi";
import { actorName, type Actor } from "../../accounts/actor";
import { resetKeypad, setHours, setLockState, setOutputs, setReleased, setUnitNumbers } from "../../doors/give-orders";
import type { DoorVerb } from "../../rules/door-rights";
import { requireAtDoor } from "../../rules/door-standing";
import type { Unit } from "../../store/store";
import { actorOf, change, routes, type ApiParts, type Routes } from "../api";
import { Door, formatDoor, readDoor } from "./door-format";
import { parseWindow } from "../people/grant-format";
import { answer, body, HoursRequest, Id, KeypadRequest, LockStateRequest, OutputsRequest, refusals, ReleaseRequest } from "../schemas";

const params = z.object({ door: Id });
const responses = { 200: answer(Door, "Ordered; `upToDate` says when the door has it."), ...refusals };
const tags = ["doors"];

const lockState = createRoute({ method: "put", path: "/doors/{door}/lock-state", summary: "Lock a door down, hold it open, or neither", tags, request: { params, ...body(LockStateRequest) }, responses });
const keypadReset = createRoute({ method: "post", path: "/doors/{door}/keypad-reset", summary: "Let a keypad forget its wrong PINs, after the hard stop too", tags, request: { params, ...body(z.strictObject({})) }, responses });
const hours = createRoute({ method: "put", path: "/doors/{door}/hours", summary: "Set when a door stands unlocked by itself", tags, request: { params, ...body(HoursRequest) }, responses });
const outputs = createRoute({ method: "put", path: "/doors/{door}/outputs", summary: "Name a door's outputs and set how long each stays open", tags, request: { params, ...body(OutputsRequest) }, responses });
const keypad = createRoute({ method: "put", path: "/doors/{door}/keypad", summary: "Set how PINs are typed at a door", tags, request: { params, ...body(KeypadRequest) }, responses });
const release = createRoute({ method: "post", path: "/doors/{door}/release", summary: "Let a door be claimed anew, or take that back", tags, request: { params, ...body(ReleaseRequest) }, responses });

/** What stands for a whole door until it is ordered otherwise, by whoever runs, owns or administers it (N4). */
export function orderRoutes(parts: ApiParts): Routes {
  const app = routes();
  const order = (actor: Actor, door: string, verb: DoorVerb, give: (unit: Unit, now: number) => Promise<void>) =>
    change(parts, async (unit, now) => {
      await requireAtDoor(unit, actor, door, verb, now);
      await give(unit, now);
      return formatDoor(parts, unit, await readDoor(unit, door));
    });
  app.openapi(lockState, async (c) => {
    const { door } = c.req.valid("param");
    const { state } = c.req.valid("json");
    return c.json(await order(actorOf(c), door, "order", (unit, now) => setLockState(unit, door, state, actorName(actorOf(c)), now)), 200);
  });
  app.openapi(keypadReset, async (c) => {
    const { door } = c.req.valid("param");
    return c.json(await order(actorOf(c), door, "order", (unit, now) => resetKeypad(unit, door, actorName(actorOf(c)), now)), 200);
  });
  app.openapi(hours, async (c) => {
    const { door } = c.req.valid("param");
    const { windows, firstIn } = c.req.valid("json");
    const wanted = { windows: windows.map(parseWindow), firstIn: firstIn ?? [] };
    return c.json(await order(actorOf(c), door, "order", (unit, now) => setHours(unit, door, wanted, actorName(actorOf(c)), now)), 200);
  });
  app.openapi(outputs, async (c) => {
    const { door } = c.req.valid("param");
    const wanted = c.req.valid("json").outputs;
    return c.json(await order(actorOf(c), door, "configure", (unit, now) => setOutputs(unit, door, wanted, actorName(actorOf(c)), now)), 200);
  });
  app.openapi(keypad, async (c) => {
    const { door } = c.req.valid("param");
    const { unitNumbers } = c.req.valid("json");
    return c.json(await order(actorOf(c), door, "configure", (unit, now) => setUnitNumbers(unit, door, unitNumbers, actorName(actorOf(c)), now)), 200);
  });
  app.openapi(release, async (c) => {
    const { door } = c.req.valid("param");
    const { released } = c.req.valid("json");
    return c.json(await order(actorOf(c), door, "run-door", (unit, now) => setReleased(unit, door, released, actorName(actorOf(c)), now)), 200);
  });
  return app;
}

import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { actorName } from "../accounts/actor";
import { isStillKnown } from "../accounts/still-known";
import { Refusal } from "../refusal";
import type { Unit } from "../store/store";
import type { LiveReading } from "../truth/live-truth";
import { actorOf, read, type ApiEnvironment, type ApiParts } from "./api";

/** How a live route's answer is described: `what` is the document of its events. */
export function liveAnswer(what: string): { description: string; content: { "text/event-stream": { schema: z.ZodString } } } {
  return { description: `Server-sent events named \`truth\`: ${what}, now and whenever it changes. The stream ends after a while, and its reader comes again.`, content: { "text/event-stream": { schema: z.string() } } };
}

/** Answers with a stream of what `work` reads, for as long as whoever asks is let in and may see it. */
export async function answerLive(parts: ApiParts, context: Context<ApiEnvironment>, work: (unit: Unit, now: number) => Promise<LiveReading>): Promise<Response> {
  const actor = actorOf(context);
  const body = await parts.live.open(actorName(actor), () =>
    read(parts, async (unit, now) => {
      if (!(await isStillKnown(unit, actor))) throw new Refusal("unauthorized");
      return work(unit, now);
    }),
  );
  // Proxies must neither keep nor collect it.
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no" } });
}

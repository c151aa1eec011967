import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { FIRMWARE_BYTES_MAX } from "../../protocol/limits";
import { DOWNLOAD_PATH } from "../firmware-images/image-offer";
import { HTTP_BODY_BYTES_MAX, IMPORT_BYTES_MAX } from "../limits";
import { Refusal } from "../refusal";
import { routes, type ApiEnvironment, type ApiParts, type Routes } from "./api";
import { describeApi } from "./api-document";
import { admission } from "./admission";
import { apiPage, PAGE_HEADERS, PAGE_PATH, readApiStyle, STYLE_PATH } from "./api-page";
import { authenticate } from "./authenticate";
import { problem, problemOf } from "./problem";
import { accountRoutes } from "./accounts/account-routes";
import { erasureRoutes } from "./accounts/erasure-routes";
import { passkeyRoutes } from "./accounts/passkey-routes";
import { phoneKeyRoutes } from "./accounts/phone-key-routes";
import { phoneRoutes } from "./accounts/phone-routes";
import { sessionRoutes } from "./accounts/session-routes";
import { signInRoutes } from "./accounts/sign-in-routes";
import { tokenRoutes } from "./accounts/token-routes";
import { courierRoutes } from "./couriers/courier-routes";
import { doorLiveRoutes } from "./doors/door-live-routes";
import { doorRoutes } from "./doors/door-routes";
import { enrolmentRoutes, mediaType } from "./doors/enrolment-routes";
import { eventRoutes } from "./doors/event-routes";
import { keysetRoutes } from "./doors/keyset-routes";
import { orderRoutes } from "./doors/order-routes";
import { ownerRoutes } from "./doors/owner-routes";
import { unlockRoutes } from "./doors/unlock-routes";
import { healthRoutes } from "./health-routes";
import { downloadRoutes } from "./firmware/download-routes";
import { imageRoutes } from "./firmware/image-routes";
import { rolloutRoutes } from "./firmware/rollout-routes";
import { updateHoursRoutes } from "./firmware/update-hours-routes";
import { fobRoutes } from "./fobs/fob-routes";
import { homeAssistantRoutes } from "./properties/home-assistant-routes";
import { householdRoutes } from "./households/household-routes";
import { invitationRoutes } from "./households/invitation-routes";
import { leaseRoutes } from "./households/lease-routes";
import { memberRoutes } from "./households/member-routes";
import { removalRoutes } from "./households/removal-routes";
import { messageRoutes } from "./messages/message-routes";
import { notificationRoutes } from "./messages/notification-routes";
import { webhookRoutes } from "./messages/webhook-routes";
import { pageRoutes } from "./pages/page-routes";
import { restoreRoutes } from "./operations/restore-routes";
import { transportSecurity } from "./transport-security";
import { personRoutes } from "./people/person-routes";
import { pinRoutes } from "./people/pin-routes";
import { revocationRoutes } from "./people/revocation-routes";
import { truthRoutes } from "./people/truth-routes";
import { attentionRoutes } from "./properties/attention-routes";
import { auditRoutes } from "./properties/audit-routes";
import { buildingFileRoutes } from "./properties/building-file-routes";
import { managerRoutes } from "./properties/manager-routes";
import { propertyRoutes } from "./properties/property-routes";
import { rulesRoutes } from "./properties/rules-routes";
import { staffRoutes } from "./properties/staff-routes";
import { templateRoutes } from "./properties/template-routes";
import { unitRoutes } from "./properties/unit-routes";
import { groupRoutes } from "./sharing/group-routes";
import { keyLinkRoutes } from "./sharing/key-link-routes";
import { keyRoutes } from "./sharing/key-routes";
import { profileRoutes } from "./sharing/profile-routes";
import { sharingRoutes } from "./sharing/sharing-routes";

const RESOURCES = [
  signInRoutes,
  accountRoutes,
  sessionRoutes,
  passkeyRoutes,
  phoneKeyRoutes,
  phoneRoutes,
  courierRoutes,
  tokenRoutes,
  propertyRoutes,
  attentionRoutes,
  buildingFileRoutes,
  doorRoutes,
  doorLiveRoutes,
  orderRoutes,
  ownerRoutes,
  sharingRoutes,
  profileRoutes,
  keysetRoutes,
  restoreRoutes,
  imageRoutes,
  rolloutRoutes,
  updateHoursRoutes,
  personRoutes,
  pinRoutes,
  revocationRoutes,
  eventRoutes,
  unlockRoutes,
  auditRoutes,
  messageRoutes,
  notificationRoutes,
  webhookRoutes,
  truthRoutes,
  erasureRoutes,
  unitRoutes,
  staffRoutes,
  rulesRoutes,
  homeAssistantRoutes,
  managerRoutes,
  templateRoutes,
  leaseRoutes,
  householdRoutes,
  memberRoutes,
  invitationRoutes,
  // Before keys: their words stand where ids do.
  keyLinkRoutes,
  keyRoutes,
  fobRoutes,
  removalRoutes,
  groupRoutes,
];

/** The whole HTTP surface: `/api` for programs and pages, `/enrol` for doors, the pages. Every error is a problem. */
export function createApp(parts: ApiParts): Routes {
  const app = routes();
  app.onError((error, c) => {
    if (error instanceof Refusal) parts.meters.refusals.inc({ code: error.code });
    return problemOf(error, c, parts.log);
  });
  app.use("*", transportSecurity(parts));
  app.use("*", admission(parts));

  app.use("/api/*", authenticate(parts));
  app.use("/api/*", limitBody);
  app.use("/api/*", async (c, next) => {
    const wanted = bodyOf(c.req.path).type;
    if (c.req.method !== "GET" && c.req.method !== "HEAD" && known(c.req.method, c.req.path) && mediaType(c.req.header("content-type")) !== wanted) {
      throw new Refusal("unsupported-media-type", `The body must be ${wanted}.`);
    }
    await next();
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-cache");
  });

  for (const resource of RESOURCES) app.route("/api", resource(parts));
  app.get("/api/health", (c) => c.json({ status: "ok" }));
  app.route("/", healthRoutes(parts));
  app.route("/enrol", enrolmentRoutes(parts));
  app.route(DOWNLOAD_PATH, downloadRoutes(parts));

  // Takes longer than all else of a start: it is written for the first who asks.
  let described: { description: string; page: string } | undefined;
  const describe = () => {
    if (described !== undefined) return described;
    const document = describeApi(app);
    return (described = { description: JSON.stringify(document), page: apiPage(document) });
  };
  app.get("/api/openapi.json", (c) => c.body(describe().description, 200, { "content-type": "application/json" }));
  const style = readApiStyle();
  app.get(`/api${PAGE_PATH}`, (c) => c.body(describe().page, 200, { "content-type": "text/html; charset=utf-8", ...PAGE_HEADERS }));
  app.get(`/api${STYLE_PATH}`, (c) => c.body(style, 200, { "content-type": "text/css; charset=utf-8", ...PAGE_HEADERS }));

  app.route("/", pageRoutes());

  const methods = methodsByPath(app);
  function known(method: string, path: string): boolean {
    return methods.some((route) => route.pattern.test(path) && route.methods.has(method));
  }
  app.notFound((c) => {
    const route = methods.find(({ pattern }) => pattern.test(c.req.path));
    if (route === undefined) return problem("not-found", "There is nothing at this address.");
    const allow = [...route.methods].sort().join(", ");
    return problem("method-not-allowed", `This address takes ${allow}.`, {}, { allow });
  });
  return app;
}

/** Bodies that are larger than others and no JSON, by their paths. */
const FILES: readonly { path: RegExp; type: string; limit: MiddlewareHandler<ApiEnvironment> }[] = [
  { path: /^\/api\/properties\/[^/]+\/import$/, type: "text/csv", limit: limited(IMPORT_BYTES_MAX) },
  { path: /^\/api\/firmware\/images$/, type: "application/octet-stream", limit: limited(FIRMWARE_BYTES_MAX) },
];
const OTHERS = { type: "application/json", limit: limited(HTTP_BODY_BYTES_MAX) };
const limitBody: MiddlewareHandler<ApiEnvironment> = (c, next) => bodyOf(c.req.path).limit(c, next);

function bodyOf(path: string): Pick<(typeof FILES)[number], "type" | "limit"> {
  return FILES.find((file) => file.path.test(path)) ?? OTHERS;
}

function limited(maxSize: number): MiddlewareHandler<ApiEnvironment> {
  return bodyLimit({ maxSize, onError: () => problem("too-large", `A body has at most ${maxSize} bytes.`) });
}

interface PathMethods {
  pattern: RegExp;
  methods: Set<string>;
}

/** Which methods each path takes, so that a wrong one is told apart from a wrong path. */
function methodsByPath(app: Routes): PathMethods[] {
  const paths = new Map<string, Set<string>>();
  for (const { method, path } of app.routes) {
    if (method === "ALL") continue;
    const methods = paths.get(path) ?? new Set();
    paths.set(path, methods.add(method));
    if (method === "GET") methods.add("HEAD");
  }
  return [...paths].map(([path, methods]) => ({ pattern: new RegExp(`^${path.replace(/:[a-z]+/g, "[^/]+")}$`), methods }));
}


import type { MiddlewareHandler } from "hono";
import { TRANSPORT_SECURITY_SECONDS } from "../limits";
import type { ApiEnvironment, ApiParts } from "./api";

/** Where people come by HTTPS, their browsers are to come by nothing else from then on (RFC 6797). */
export function transportSecurity({ publicUrl }: Pick<ApiParts, "publicUrl">): MiddlewareHandler<ApiEnvironment> {
  return async (c, next) => {
    await next();
    if (publicUrl().startsWith("https:")) c.res.headers.set("strict-transport-security", `max-age=${TRANSPORT_SECURITY_SECONDS}`);
  };
}

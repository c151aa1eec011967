import { createHmac, randomBytes } from "node:crypto";

const SECRET_BYTES = 32; // Standard Webhooks 1.0 asks for 24 to 64
const PREFIX = "whsec_";

/** A new secret as its receiver is given it: `whsec_` and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString("base64");
}

/**
 * The headers of one attempt by the Standard Webhooks specification 1.0: HMAC-SHA-256 over id, time and body, each
 * behind a full stop. The id is the same at every attempt, the time is the attempt's own.
 * @param secret as `newWebhookSecret` gives it. @param timestamp Unix seconds.
 */
export function signedHeaders(secret: string, id: string, timestamp: number, body: string): Record<string, string> {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8").digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}

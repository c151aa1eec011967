/** Signing in and out, by the cloud's API (docs: /api). The session is a cookie that no script sees. */

/** @returns whether the request was taken; the answer is the same whether there is such an account or not. */
export function sendCode(identifier: string): Promise<boolean> {
  return post("/api/sign-in/codes", { identifier }).then(({ ok }) => ok);
}

/** @returns the account's id; undefined: wrong code. */
export async function enterCode(identifier: string, code: string): Promise<string | undefined> {
  const answer = await post("/api/sign-in", { identifier, code });
  return answer.ok ? ((await answer.json()) as { account: string }).account : undefined;
}

export async function endSession(): Promise<void> {
  await post("/api/sign-out", {});
}

function post(path: string, body: object): Promise<Response> {
  return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

import type { components } from "./schema";

/** What can go wrong: every code of the API's problems, and not having reached it. */
export type ProblemCode = components["schemas"]["Problem"]["code"] | "offline";

/** A refusal of the API (RFC 9457), or `offline`. It has changed nothing, but where `offline` answers a change: then nobody knows. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  /** 0: not reached. */
  readonly status: number;
  /** Further members of this kind of problem. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, status: number, detail = "", members: Record<string, unknown> = {}) {
    super(detail);
    this.code = code;
    this.status = status;
    this.members = members;
  }

  /** What is wrong with single fields, by their path in the request. */
  get fieldErrors(): ReadonlyMap<string, string> {
    const { errors } = this.members as { errors?: { path: string; message: string }[] };
    return new Map((errors ?? []).map(({ path, message }) => [path, message]));
  }
}

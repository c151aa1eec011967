/** The cloud's HTTP API as any other program reaches it. */
export class ApiClient {
  readonly url: string;
  #token: string;

  /** @param url `http://host:port` of the cloud. */
  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.#call("GET", path, undefined);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call("POST", path, body);
  }

  /** All items of a list, page by page. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let after = ""; ; ) {
      const separator = path.includes("?") ? "&" : "?";
      const page = await this.get<{ items: T[]; next: string | null }>(after === "" ? path : `${path}${separator}after=${after}`);
      items.push(...page.items);
      if (page.next === null) return items;
      after = page.next;
    }
  }

  async #call<T>(method: string, path: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} /api${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

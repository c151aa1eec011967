/** XS binds a function whose whole body is `return native("name").call(this, …)` to the C function of that name. */
declare function native(name: string): (...args: unknown[]) => unknown;

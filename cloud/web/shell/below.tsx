import type { AnyComponent, VNode } from "preact";
import { Route } from "preact-iso/router";

/** The routes of a room with pages of its own: for its first page and for all below (preact-iso's `/*` is for the latter alone). */
export function below(path: string, component: AnyComponent): VNode[] {
  return [<Route key={path} path={path} component={component} />, <Route key={`${path}/*`} path={`${path}/*`} component={component} />];
}

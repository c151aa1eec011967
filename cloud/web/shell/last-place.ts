import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { keepLastPlace, lastPlace } from "./remembered-reader";
import type { Session } from "./session";

/**
 * Whoever manages a property and opens the site at its root means the place where they were last, and the first time
 * what they manage: not the doors that they have at home.
 * @param href of the place where they are.
 */
export function useLastPlace(session: Session, href: string | undefined): void {
  const { url, route } = useLocation();
  const opened = useRef(url);
  const looked = useRef(false);
  useEffect(() => {
    if (session.state !== "account" || href === undefined) return;
    if (!looked.current) {
      looked.current = true;
      const managed = session.properties.map(({ id }) => `/manage/${id}`);
      const meant = lastPlace() ?? (managed.length > 1 ? "/manage" : managed[0]);
      if (opened.current === "/" && url === "/" && meant !== undefined && ["/manage", ...managed].includes(meant)) return route(meant, true);
    }
    keepLastPlace(href);
  }, [session.state, href]);
}

import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { keepLastPlace, lastPlace } from "./remembered-reader";
import type { Session } from "./session";

/**
 * Whoever manages a property and opens the site at its root means the place where they were last: a manager their
 * property, and not the doors that they have at home.
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
      const property = lastPlace();
      if (opened.current === "/" && url === "/" && session.properties.some(({ id }) => `/manage/${id}` === property)) return route(property!, true);
    }
    keepLastPlace(href);
  }, [session.state, href]);
}

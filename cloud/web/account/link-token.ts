import { useState } from "preact/hooks";

/**
 * The token of a link that was followed, and where to set it aside once it has served: whoever sees the address bar
 * afterwards, or goes back to it, finds none there. It stays while whoever follows the link has to sign in first.
 */
export function useLinkToken(): { token: string; forget: () => void } {
  const [token] = useState(() => location.hash.slice(1));
  return { token, forget: () => history.replaceState(history.state, "", location.pathname + location.search) };
}

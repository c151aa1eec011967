import { useEffect } from "preact/hooks";
import { answered, api } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import type { Connections } from "../../truth/door-truths";
import { useProperty } from "../managed-property";

/** Presence has no stream of its own: it is looked at this often, ms. */
const LOOK_MS = 10_000;

/** Which doors of the property are connected, looked at again and again; undefined: not known yet. */
export function useConnections(): Connections | undefined {
  const { id } = useProperty();
  const { data, again } = useAsked((signal) => answered(api.GET("/api/doors", { params: { query: { property: id } }, signal })), [id]);
  useEffect(() => {
    const timer = setInterval(() => void again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [again]);
  return data && new Map(data.items.map(({ id: door, online }) => [door, online]));
}

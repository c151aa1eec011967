import { useState } from "preact/hooks";
import { useAsked, type Asked } from "../../api/use-asked";
import type { Tagged } from "../../ui/edited-part";

/** A record with its entity tag, as it was asked for, saved or read anew last. */
export function useTagged<Whole>(ask: () => Promise<Tagged<Whole>>, keys: readonly unknown[]): Asked<Tagged<Whole>> & { take: (whole: Tagged<Whole>) => void } {
  const asked = useAsked(ask, keys);
  const [newer, setNewer] = useState<{ than: Tagged<Whole> | undefined; whole: Tagged<Whole> }>();
  // What is asked for anew takes its place again.
  const data = newer !== undefined && newer.than === asked.data ? newer.whole : asked.data;
  return { ...asked, data, take: (whole) => setNewer({ than: asked.data, whole }) };
}

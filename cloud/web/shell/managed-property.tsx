import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Schema } from "../api/client";

/** The property that the pages below `/manage/<id>` are about. */
export const ManagedProperty = createContext<Schema<"Property"> | undefined>(undefined);

/** @throws outside `/manage/<id>`. */
export function useProperty(): Schema<"Property"> {
  const property = useContext(ManagedProperty);
  if (property === undefined) throw new Error("this page belongs to a property");
  return property;
}

/** The property that is being managed; undefined on one's own pages, where keys, profiles and groups are shown too. */
export function usePropertyIfAny(): Schema<"Property"> | undefined {
  return useContext(ManagedProperty);
}

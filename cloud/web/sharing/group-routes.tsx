import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Loading } from "../ui/asked-view";

export function GroupRoutes(): JSX.Element {
  return <Loading text={useWords().common.loading} />;
}

import type { JSX } from "preact";
import { useWords } from "../../language/speaking";
import { Loading } from "../../ui/asked-view";

export function RulesPage(): JSX.Element {
  return <Loading text={useWords().common.loading} />;
}

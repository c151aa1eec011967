import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Page } from "../ui/page";

export function NotFound(): JSX.Element {
  const { common } = useWords();
  return (
    <Page title={common.notFoundTitle}>
      <p>{common.notFound}</p>
    </Page>
  );
}

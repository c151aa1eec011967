import type { JSX } from "preact";
import { useRoute } from "preact-iso/router";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useLanguage, useWords } from "../language/speaking";
import { RemovalTruth } from "../truth/live-truth";
import { AskedView } from "../ui/asked-view";
import { Page, Section } from "../ui/page";
import { namesText } from "./place-text";

/** What a removal has ended, door by door, live (O11, X1). */
export function RemovalPage(): JSX.Element {
  const { params } = useRoute();
  const { home, household: words } = useWords();
  const language = useLanguage();
  const asked = useAsked(async (signal) => {
    const [removal, household] = await Promise.all([
      answered(api.GET("/api/removals/{removal}", { params: { path: { removal: params.removal } }, signal })),
      answered(api.GET("/api/households/{household}", { params: { path: { household: params.household } }, signal })),
    ]);
    return { removal, household };
  }, [params.household, params.removal]);
  const { data } = asked;
  return (
    <Page title={data === undefined ? words.removals : words.removalOf(namesText(data.removal.people.map(({ name }) => name), language))} about={words.removalAbout} back={{ href: `/household/${params.household}`, label: data?.household.unit.name ?? home.household }}>
      <AskedView asked={asked}>
        {({ household }) => (
          <Section title={words.truthTitle}>
            <RemovalTruth removal={params.removal} zone={household.timeZone} />
          </Section>
        )}
      </AskedView>
    </Page>
  );
}

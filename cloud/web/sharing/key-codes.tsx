import type { JSX } from "preact";
import { useProof } from "../account/proof";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { Section } from "../ui/page";
import { SecretCode } from "../ui/secret-code";

/** The code of a third party, seen again by whoever gave it from their household (O10); for others there is nothing here. */
export function KeyCodes({ person, name }: { person: string; name: string }): JSX.Element | null {
  const { sharing } = useWords();
  const prove = useProof();
  const { data } = useAsked((signal) => answered(api.GET("/api/members/{person}/pins", { params: { path: { person } }, signal })), ["codes", person]);
  const { data: member } = useAsked((signal) => answered(api.GET("/api/members/{person}", { params: { path: { person } }, signal })), ["member", person]);
  const codes = (data?.items ?? []).filter(({ replacedAt }) => replacedAt === null);
  if (codes.length === 0 || member?.can.includes("view-pin") !== true) return null;
  return (
    <Section title={sharing.code.title}>
      {codes.map(({ id, mask }) => (
        <SecretCode key={id} label={sharing.code.of(name)} mask={mask} read={async () => (await prove(() => answered(api.GET("/api/members/{person}/pins/{pin}", { params: { path: { person, pin: id } } })))).pin} />
      ))}
    </Section>
  );
}

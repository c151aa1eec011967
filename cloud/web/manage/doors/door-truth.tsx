import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { useLive } from "../../api/use-live";
import { useWords } from "../../language/speaking";
import { TruthList } from "../../truth/door-truths";
import { Section } from "../../ui/page";

/** Who may still open a door although their access has ended, live (X1). */
export function DoorTruth({ door: { id, online }, zone }: { door: Schema<"Door">; zone: string }): JSX.Element | null {
  const { managedDoors: words } = useWords();
  const { data } = useLive<Schema<"DoorRevocations">>(`/api/doors/${id}/truth/live`);
  if (data === undefined) return null;
  const { people } = data;
  return (
    <Section title={words.truth}>
      {people.length === 0 ? <p class="quiet">{words.truthNone}</p> : <TruthList label={words.truth} truths={people} keyOf={({ person }) => person} zone={zone} isOnline={() => online} />}
    </Section>
  );
}

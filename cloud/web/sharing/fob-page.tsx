import type { JSX } from "preact";
import { useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { Page, Section } from "../ui/page";
import { Time } from "../ui/time";
import { FobButtons } from "./fob-buttons";
import { FobVisits } from "./fob-visits";
import { useKeysPath } from "./giving";

/** The fob of a smart key (S6–S8): what its buttons open, and how it gets to know. */
export function FobPage(): JSX.Element {
  const { fobs } = useWords();
  const base = useKeysPath();
  const { key: id = "" } = useRoute().params;
  const asked = useAsked((signal) => answered(api.GET("/api/keys/{key}", { params: { path: { key: id } }, signal })), ["key", id]);
  const key = asked.data;
  return (
    <Page title={key === undefined ? fobs.buttons : fobs.title(key.user.name)} about={fobs.about} back={{ href: `${base}/${id}`, label: key?.name ?? "" }}>
      <AskedView asked={asked}>
        {({ fob, timeZone, can }) =>
          fob === null ? (
            <Empty title={fobs.noFob}>
              <p>{fobs.noFobHow}</p>
            </Empty>
          ) : (
            <WholeFob fob={fob} zone={timeZone} mayEdit={can.includes("edit")} />
          )
        }
      </AskedView>
    </Page>
  );
}

function WholeFob({ fob: id, zone, mayEdit }: { fob: string; zone: string; mayEdit: boolean }): JSX.Element {
  const { fobs } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/fobs/{fob}", { params: { path: { fob: id } }, signal })), ["fob", id]);
  return (
    <AskedView asked={asked}>
      {(fob: Schema<"Fob">) => (
        <>
          <Section title={fobs.buttons}>
            <FobButtons fob={fob} mayEdit={mayEdit} onChanged={asked.again} />
            {!mayEdit && <p class="quiet">{fobs.mayNot}</p>}
            {fob.heardAt !== null && (
              <p class="quiet">
                {fobs.heard}: <Time instant={fob.heardAt} zone={zone} />
              </p>
            )}
          </Section>
          {mayEdit && (
            <Section title={fobs.bring}>
              <FobVisits fob={fob} onVisited={asked.again} />
            </Section>
          )}
        </>
      )}
    </AskedView>
  );
}

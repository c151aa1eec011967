import type { JSX } from "preact";
import { answered, api, type Schema } from "../api/client";
import { everyItem } from "../api/every-item";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { useAccount } from "../shell/session";
import { Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Page } from "../ui/page";
import { needsSomebody } from "./doors/doors-now";
import { byName } from "./use-doors";

/** The properties that one manages, each with how its doors are. */
export function PropertiesPage(): JSX.Element {
  const { overview: words } = useWords();
  const { properties } = useAccount();
  const doors = useAsked((signal) => everyItem((after) => answered(api.GET("/api/doors", { params: { query: after === undefined ? {} : { after } }, signal }))), []);
  return (
    <Page title={words.properties}>
      {properties.length === 0 ? (
        <Empty title={words.none}>
          <p>{words.noneHow}</p>
        </Empty>
      ) : (
        <ul class="tiles properties">
          {[...properties]
            .sort((a, b) => byName(a.name, b.name))
            .map((property) => (
              <li key={property.id} class="card">
                <h2>
                  <a href={`/manage/${property.id}`}>{property.name}</a>
                </h2>
                <HowItIs doors={doors.data?.filter((door) => door.property === property.id)} />
              </li>
            ))}
        </ul>
      )}
    </Page>
  );
}

function HowItIs({ doors }: { doors: readonly Schema<"Door">[] | undefined }): JSX.Element | null {
  const { common, overview: words, managedDoors } = useWords();
  if (doors === undefined) return <p class="quiet">{common.loading}</p>;
  if (doors.length === 0) return <p class="quiet">{managedDoors.none}</p>;
  const there = doors.filter(({ state }) => state !== "stolen");
  const trouble = there.filter(needsSomebody).length;
  return (
    <>
      <p>{words.doorsOf(there.filter(({ online }) => online).length, there.length)}</p>
      <p>{trouble === 0 ? <Badge tone="good">{words.wellDoors}</Badge> : <Badge tone="warning">{words.trouble(trouble)}</Badge>}</p>
    </>
  );
}

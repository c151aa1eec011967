import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { useLive, type Live } from "../api/use-live";
import { useWords } from "../language/speaking";
import { Loading } from "../ui/asked-view";
import { DoorTruths, type Connections } from "./door-truths";

interface LiveTruthProps {
  zone: string;
  connections?: Connections | undefined;
}

/** Everything that was ended of one person, live. */
export function PersonTruth({ person, ...props }: LiveTruthProps & { person: string }): JSX.Element {
  const live = useLive<Schema<"PersonTruth">>(`/api/people/${person}/truth/live`);
  return <LiveDocument live={live}>{({ doors }) => <DoorTruths truths={doors} {...props} />}</LiveDocument>;
}

/** One act that ended somebody's access, live. */
export function RevocationTruth({ revocation, ...props }: LiveTruthProps & { revocation: string }): JSX.Element {
  const live = useLive<Schema<"Revocation">>(`/api/revocations/${revocation}/live`);
  return <LiveDocument live={live}>{({ doors }) => <DoorTruths truths={doors} {...props} />}</LiveDocument>;
}

/** What one act in a household has ended, for each whom it concerns, live. */
export function RemovalTruth({ removal, ...props }: LiveTruthProps & { removal: string }): JSX.Element {
  const live = useLive<Schema<"Removal">>(`/api/removals/${removal}/live`);
  return (
    <LiveDocument live={live}>
      {({ people }) =>
        people.map(({ person, name, doors }) => (
          <section key={person}>
            {people.length > 1 && <h2>{name}</h2>}
            <DoorTruths truths={doors} {...props} />
          </section>
        ))
      }
    </LiveDocument>
  );
}

function LiveDocument<Data>({ live: { data, connected }, children }: { live: Live<Data>; children: (data: Data) => JSX.Element | JSX.Element[] }): JSX.Element {
  const { common, truth: words } = useWords();
  if (data === undefined) return <Loading text={common.loading} />;
  return (
    <div class="live">
      <p class={`connection ${connected ? "on" : "off"}`}>{connected ? words.live : words.notLive}</p>
      {children(data)}
    </div>
  );
}

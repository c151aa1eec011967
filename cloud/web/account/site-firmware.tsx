import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { ActButton } from "../ui/act-button";
import { ConfirmDialog } from "../ui/dialog";
import { Section } from "../ui/page";
import { Time } from "../ui/time";
import { readersZone } from "./readers-zone";
import type { SiteApi } from "./site-api";

type Rollout = Schema<"Rollout">;

const TONES = { running: "warning", halted: "danger", ended: "quiet", complete: "good" } as const;
const COUNTED = ["updated", "already", "offered", "fetched", "waiting", "failed", "refusing", "unreachable"] as const;

/** How far roll-outs of the doors' firmware have come, and what somebody may do about one. */
export function SiteFirmware({ api }: { api: SiteApi }): JSX.Element {
  const { account: words } = useWords();
  const rollouts = useAsked((signal) => answered(api.GET("/api/firmware/rollouts", { signal })), []);
  return (
    <Section title={words.setUp.firmware} acts={<Button onPress={rollouts.again}>{words.setUp.lookAgain}</Button>}>
      <p class="quiet">{words.setUp.aboutFirmware}</p>
      <AskedView asked={rollouts}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.setUp.noRollouts} />
          ) : (
            <>
              {[...items].sort(newestFirst).map((rollout) => (
                <SiteRollout key={rollout.id} api={api} rollout={rollout} onChanged={rollouts.again} />
              ))}
            </>
          )
        }
      </AskedView>
    </Section>
  );
}

/** Those that are open come first. */
function newestFirst(a: Rollout, b: Rollout): number {
  return Number(a.state === "ended") - Number(b.state === "ended") || b.startedAt.localeCompare(a.startedAt);
}

function SiteRollout({ api, rollout, onChanged }: { api: SiteApi; rollout: Rollout; onChanged: () => Promise<void> }): JSX.Element {
  const { account: words } = useWords();
  const [asking, setAsking] = useState<"resume" | "end">();
  const { id, image, state, because, complete, stage, stages, stageSince, minimumVersion, doors } = rollout;
  const shown = complete && state === "running" ? "complete" : state;
  const direct = async (how: "halt" | "resume" | "end"): Promise<void> => {
    await answered(api.POST(`/api/firmware/rollouts/{rollout}/${how}`, { params: { path: { rollout: id } }, body: {} }));
    setAsking(undefined);
    await onChanged();
  };
  return (
    <article class="site-property">
      <div class="title">
        <h3>
          {words.setUp.rollout(image.version, targetName(image.target))} <Badge tone={TONES[shown]}>{words.setUp.rolloutStates[shown]}</Badge>
        </h3>
        {state !== "ended" && (
          <span class="acts">
            {state === "running" ? <ActButton act={() => direct("halt")}>{words.setUp.halt}</ActButton> : <Button onPress={() => setAsking("resume")}>{words.setUp.resume}</Button>}
            <Button onPress={() => setAsking("end")}>{words.setUp.end}</Button>
          </span>
        )}
      </div>
      {state === "halted" && because !== null && <p role="status">{words.setUp.rolloutBecause[because]}</p>}
      <p>
        {words.setUp.rolloutStage(stage, stages.length)} · <Time instant={stageSince} zone={readersZone()} />
        {minimumVersion > 0 && <span class="quiet"> · {words.setUp.rolloutMinimum(minimumVersion)}</span>}
      </p>
      <ul class="rows">
        {COUNTED.filter((name) => doors[name] > 0).map((name) => (
          <li key={name}>
            <div>
              <strong>{doors[name]}</strong> {words.setUp.rolloutDoors[name]}
            </div>
          </li>
        ))}
      </ul>
      {doors.failed > 0 && <FailedDoors api={api} rollout={id} />}
      {asking === "resume" && (
        <ConfirmDialog title={words.setUp.resumeTitle} act={words.setUp.resume} tone="primary" onConfirm={() => direct("resume")} onClose={() => setAsking(undefined)}>
          <p>{words.setUp.aboutResuming}</p>
        </ConfirmDialog>
      )}
      {asking === "end" && (
        <ConfirmDialog title={words.setUp.endTitle} act={words.setUp.end} onConfirm={() => direct("end")} onClose={() => setAsking(undefined)}>
          <p>{words.setUp.aboutEnding}</p>
        </ConfirmDialog>
      )}
    </article>
  );
}

function FailedDoors({ api, rollout }: { api: SiteApi; rollout: string }): JSX.Element {
  const { account: words } = useWords();
  const failed = useAsked((signal) => answered(api.GET("/api/firmware/rollouts/{rollout}/doors", { params: { path: { rollout }, query: { state: "failed", limit: 50 } }, signal })), [rollout]);
  return (
    <AskedView asked={failed}>
      {({ items }) => (
        <>
          <h4>{words.setUp.failedDoors}</h4>
          <ul class="rows">
            {items.map(({ door, doorName, propertyName, reason, settledAt }) => (
              <li key={door}>
                <div>
                  <strong>
                    {propertyName}, {doorName}
                  </strong>{" "}
                  {reason !== null && words.setUp.rolloutReasons[reason]} {settledAt !== null && <Time instant={settledAt} zone={readersZone()} />}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </AskedView>
  );
}

/** Eight characters where they can be read, else the digits. */
function targetName(target: string): string {
  const codes = (target.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return codes.every((code) => code > 0x20 && code < 0x7f) ? String.fromCharCode(...codes) : target;
}

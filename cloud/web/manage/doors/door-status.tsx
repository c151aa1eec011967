import type { ComponentChildren, JSX } from "preact";
import type { Schema } from "../../api/client";
import { useLanguage, useWords } from "../../language/speaking";
import { showInstant } from "../../language/times";
import { Fact, Facts } from "../../ui/facts";
import { Time } from "../../ui/time";
import { DoorHeard, DoorList } from "./door-state";

/** All that is known of how a door is; its own word without proof is below, folded up. */
export function DoorStatus({ door, zone }: { door: Schema<"Door">; zone: string }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { heardAt, heardBy, saidAt, issued, acknowledged, lease, telemetry, alarms, upToDate } = door;
  const heard = heardAt !== null;
  return (
    <div class="door-status">
      <Facts>
        <Fact term={words.lastHeard}>
          <DoorHeard door={door} zone={zone} />
          {heard && heardBy === "network" && <span class="quiet"> · {words.byNetwork}</span>}
        </Fact>
        <Fact term={words.list}>
          <DoorList door={door} />
          {!upToDate && acknowledged !== null && <p class="hint">{words.behindHow}</p>}
        </Fact>
        {acknowledged !== null && (
          <Fact term={words.acknowledged}>
            <Time instant={acknowledged.at} zone={zone} />
            <span class="quiet">
              {" "}
              · {acknowledged.by === "phone" ? words.byPhone : words.byNetwork} · <Version of={acknowledged} />
            </span>
          </Fact>
        )}
        {issued !== null && !upToDate && (
          <Fact term={words.issued}>
            <Version of={issued} />
          </Fact>
        )}
        {lease !== null && (
          <Fact term={words.guestsUntil}>
            <Time instant={lease.guestsUntil} zone={zone} />
          </Fact>
        )}
        {heard && (
          <Fact term={words.clock}>
            {saidAt === null || alarms.includes("timeUnknown") ? words.clockUnknown : <Time instant={saidAt} zone={zone} />}
          </Fact>
        )}
        {telemetry !== null && (
          <>
            <Fact term={words.leaf}>{telemetry.leafOpen ? words.leafOpen : words.leafShut}</Fact>
            <Fact term={words.keypad}>{telemetry.keypadLocked ? words.keypadLocked : words.keypadOk}</Fact>
          </>
        )}
      </Facts>
      <Controller door={door} zone={zone} />
    </div>
  );
}

function Version({ of: { epoch, version } }: { of: { epoch: number; version: number } }): JSX.Element {
  const { managedDoors: words } = useWords();
  return <span class="code">{`${words.list} ${epoch}/${version}`}</span>;
}

function Controller({ door: { id, telemetry, diagnostics }, zone }: { door: Schema<"Door">; zone: string }): JSX.Element {
  const { managedDoors: words } = useWords();
  const language = useLanguage();
  const facts: [term: string, value: ComponentChildren][] = [["ID", <code key="id">{id}</code>]];
  if (telemetry !== null) facts.push([words.uptime, showInstant(new Date(Date.now() - telemetry.uptimeSeconds * 1_000).toISOString(), zone, language)]);
  if (diagnostics !== null) {
    const because = words.startsBecause[diagnostics.startedBecause as keyof typeof words.startsBecause];
    facts.push([words.starts, `${diagnostics.starts} · ${because}`]);
    if (diagnostics.firmware !== null) facts.push([words.firmware, `${diagnostics.firmware.version}${diagnostics.firmware.onTrial ? ` · ${words.firmwareOnTrial}` : ""}`]);
    if (diagnostics.droppedMessages > 0) facts.push([words.dropped, diagnostics.droppedMessages]);
  }
  return (
    <details class="controller">
      <summary>{words.diagnostics}</summary>
      <Facts>
        {facts.map(([term, value]) => (
          <Fact key={term} term={term}>
            {value}
          </Fact>
        ))}
      </Facts>
    </details>
  );
}

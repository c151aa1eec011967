import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Ago } from "../../ui/time";

/** Whether a door is there, in a word. */
export function DoorConnection({ door: { state, online } }: { door: Schema<"Door"> }): JSX.Element {
  const { managedDoors: words } = useWords();
  if (state === "stolen") return <Badge tone="danger">{words.stolen}</Badge>;
  if (state === "registered") return <Badge tone="warning">{words.unclaimed}</Badge>;
  return online ? <Badge tone="good">{words.connected}</Badge> : <Badge tone="warning">{words.offline}</Badge>;
}

/** Whether it has what it should have. */
export function DoorList({ door: { state, issued, acknowledged, upToDate } }: { door: Schema<"Door"> }): JSX.Element {
  const { managedDoors: words } = useWords();
  if (state === "registered" || issued === null) return <span class="quiet">{words.listNone}</span>;
  if (upToDate) return <>{words.newest}</>;
  return <Badge tone="warning">{acknowledged === null ? words.listNone : words.behind}</Badge>;
}

export function DoorHeard({ door: { heardAt, heardBy }, zone }: { door: Schema<"Door">; zone: string }): JSX.Element {
  const { managedDoors: words } = useWords();
  if (heardAt === null) return <span class="quiet">{words.neverHeard}</span>;
  return (
    <span>
      <Ago instant={heardAt} zone={zone} />
      {heardBy === "phone" && <span class="quiet"> · {words.byPhone}</span>}
    </span>
  );
}

/** What is out of the ordinary, each in a badge; nothing where nothing is. */
export function DoorFlags({ door: { alarms, telemetry, orders } }: { door: Schema<"Door"> }): JSX.Element | null {
  const { events, managedDoors: words } = useWords();
  if (alarms.length === 0 && telemetry?.keypadLocked !== true && orders.lockState === "normal" && !orders.released) return null;
  return (
    <span class="flags">
      {orders.lockState === "lock-down" && <Badge tone="danger">{events.said["lock-state"]["lock-down"]}</Badge>}
      {orders.lockState === "hold-open" && <Badge tone="warning">{events.said["lock-state"]["hold-open"]}</Badge>}
      {alarms.map((alarm) => (
        <Badge key={alarm} tone="danger">
          {words.alarmNow[alarm].said}
        </Badge>
      ))}
      {telemetry?.keypadLocked === true && <Badge tone="warning">{words.keypadLocked}</Badge>}
      {orders.released && <Badge tone="quiet">{words.released}</Badge>}
    </span>
  );
}

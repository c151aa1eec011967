import type { ComponentChildren, JSX } from "preact";
import type { Schema } from "../api/client";
import { showInstant, showTime } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { Ago, Time } from "../ui/time";

export type DoorTruth = Schema<"DoorTruth">;

/** Whether a door has a connection right now, as far as whoever reads may know. */
export type Connections = ReadonlyMap<string, boolean>;

interface DoorTruthsProps {
  truths: readonly DoorTruth[];
  /** Of the property. */
  zone: string;
  connections?: Connections | undefined;
}

/** Door by door what is known of an access that has ended: who has acknowledged it, and until when at most others may still open (X1). */
export function DoorTruths({ truths, zone, connections }: DoorTruthsProps): JSX.Element {
  const { truth: words } = useWords();
  return (
    <>
      <TruthSummary truths={truths} zone={zone} />
      <TruthList label={words.doors} truths={truths} keyOf={({ door }) => door} zone={zone} isOnline={({ door }) => connections?.get(door)} />
    </>
  );
}

/** What is known at a door of an access that has ended, under a name. */
export type NamedTruth = Pick<DoorTruth, "name" | "state" | "acknowledgedAt" | "acknowledgedBy" | "carriers" | "mayOpenUntil" | "sum">;

interface TruthListProps<Truth> {
  label: string;
  truths: readonly Truth[];
  keyOf: (truth: Truth) => string;
  zone: string;
  /** Whether the door has a connection; undefined: nobody knows. */
  isOnline: (truth: Truth) => boolean | undefined;
}

/** The same without the sum of it: of one person's doors, or of the people at one door. What is worst comes first. */
export function TruthList<Truth extends NamedTruth>({ label, truths, keyOf, zone, isOnline }: TruthListProps<Truth>): JSX.Element {
  return (
    <ul class="truths" aria-label={label}>
      {[...truths].sort(byUrgency).map((truth) => (
        <li key={keyOf(truth)} class={`truth ${toneOf(truth)}`} data-state={truth.state}>
          <span class="mark" aria-hidden="true">
            {toneOf(truth) === "good" ? "✓" : toneOf(truth) === "danger" ? "!" : "…"}
          </span>
          <div>
            <p class="where">{truth.name}</p>
            <p class="known">
              <Known truth={truth} zone={zone} />
            </p>
            {truth.state === "pending" && <HowItGetsThere truth={truth} zone={zone} online={isOnline(truth)} />}
            {truth.state === "pending" && truth.sum !== null && <WhyThen sum={truth.sum} zone={zone} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** How many doors know, and the worst that may still happen, in a sentence. */
export function TruthSummary({ truths, zone }: { truths: readonly DoorTruth[]; zone: string }): JSX.Element {
  const { truth: words } = useWords();
  const language = useLanguage();
  const pending = truths.filter(({ state }) => state === "pending");
  const acknowledged = truths.filter(({ state }) => state === "acknowledged").length;
  const reached = truths.filter(({ state }) => state !== "never-delivered").length;
  const unlimited = pending.some(({ mayOpenUntil }) => mayOpenUntil === null);
  const latest = pending.flatMap(({ mayOpenUntil }) => mayOpenUntil ?? []).sort().at(-1);
  return (
    <div class={`notice ${pending.length === 0 ? "good" : "warning"} summary`} role="status">
      <p>
        <strong>{pending.length === 0 ? words.complete : unlimited ? words.openWithoutLimit(pending.length) : words.openUntil(pending.length, showInstant(latest!, zone, language))}</strong>
      </p>
      {reached > 0 && (
        <p class="progress">
          <progress max={reached} value={acknowledged} aria-label={words.acknowledgedOf(acknowledged, reached)} />
          <span>{words.acknowledgedOf(acknowledged, reached)}</span>
        </p>
      )}
    </div>
  );
}

function Known({ truth, zone }: { truth: NamedTruth; zone: string }): JSX.Element {
  const { truth: words } = useWords();
  const language = useLanguage();
  switch (truth.state) {
    case "acknowledged":
      return (
        <>
          {truth.acknowledgedBy === "phone" ? words.acknowledgedByPhone : words.acknowledged}
          {truth.acknowledgedAt !== null && (
            <>
              {" · "}
              <Time instant={truth.acknowledgedAt} zone={zone} />
            </>
          )}
        </>
      );
    case "never-delivered":
      return <>{words.neverDelivered}</>;
    case "stolen":
      return <>{words.stolen}</>;
    case "ended":
      return <>{words.ended}</>;
    case "pending":
      return truth.mayOpenUntil === null ? <>{words.noLimit}</> : <strong>{words.mayOpenUntil(isToday(truth.mayOpenUntil, zone) ? showTime(truth.mayOpenUntil, zone, language) : showInstant(truth.mayOpenUntil, zone, language))}</strong>;
  }
}

/** The ways that are left for the news, so that somebody can help it along (X2). */
function HowItGetsThere({ truth: { carriers }, zone, online }: { truth: NamedTruth; zone: string; online: boolean | undefined }): JSX.Element {
  const { truth: words } = useWords();
  const ways: ComponentChildren[] = [];
  if (online === true) ways.push(words.onItsWay);
  else if (online === false) ways.push(words.offline);
  if (carriers !== null) {
    ways.push(
      <>
        {words.carried(carriers.phones)} <Ago instant={carriers.latest} zone={zone} />. {words.carriedTap}
      </>,
    );
  } else if (online !== true) ways.push(words.notCarried);
  return (
    <ul class="ways">
      {ways.map((way, index) => (
        <li key={index}>{way}</li>
      ))}
    </ul>
  );
}

/** The sum behind "until": each of its parts, so that it can be checked. */
function WhyThen({ sum, zone }: { sum: Readonly<Record<string, unknown>>; zone: string }): JSX.Element {
  const { truth: words } = useWords();
  const language = useLanguage();
  return (
    <details>
      <summary>{words.whyThen}</summary>
      <dl class="sum">
        {Object.entries(sum).map(([part, value]) => (
          <div key={part}>
            <dt>{words.sum[part as keyof typeof words.sum]}</dt>
            <dd>{typeof value === "string" ? showInstant(value, zone, language) : words.seconds(Number(value))}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function toneOf({ state }: NamedTruth): "good" | "warning" | "danger" {
  return state === "pending" ? "danger" : state === "stolen" || state === "ended" ? "warning" : "good";
}

const URGENCY: Readonly<Record<DoorTruth["state"], number>> = { pending: 0, stolen: 1, ended: 2, acknowledged: 3, "never-delivered": 4 };

function byUrgency(a: NamedTruth, b: NamedTruth): number {
  return URGENCY[a.state] - URGENCY[b.state] || a.name.localeCompare(b.name);
}

function isToday(instant: string, zone: string): boolean {
  const day = (date: Date): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(date);
  return day(new Date(instant)) === day(new Date());
}

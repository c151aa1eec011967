import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Words as Said } from "../../../phone/dictionary";
import { explainCarry, explainProgress, explainUnlock } from "../../../phone/explain";
import { useLanguage, useWords } from "../language/speaking";
import type { BluetoothState } from "../phone/bluetooth";
import { RemoteUnlock } from "../phone/remote-unlock";
import { hearOfCarrying, thisPhone } from "../phone/this-phone";
import { Badge } from "../ui/badge";
import { DoorAnswer, explainRemote, type Answer } from "./door-answer";
import { DoorMore } from "./door-more";
import { DoorTerms } from "./door-terms";
import type { HomeDoor } from "./home-doors";
import { OpenButtons } from "./open-buttons";

/** From here down it is said how often a phone opens a door before it needs the internet. */
const HANDLES_SAID = 8;
/** How long an opening over the internet is told, s: the answer does not say how long the door stays open. */
const REMOTE_SECONDS = 8;

interface DoorCardProps {
  door: HomeDoor;
  bluetooth: BluetoothState;
  /** Who one is there, by one's places: whoever has none has no code of their own to see. */
  people: readonly string[];
  /** After each act: what this phone keeps may be another. */
  onActed: () => void;
}

/** One door: a big button that opens it, what came of that, and what else works. */
export function DoorCard({ door, bluetooth, people, onActed }: DoorCardProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const [answer, setAnswer] = useState<Answer>();
  const [news, setNews] = useState<string>();
  const remote = useRef<RemoteUnlock>(undefined);
  const { doors } = words;
  const { own, key } = door;

  useEffect(
    () =>
      hearOfCarrying((id, { delivered }) => {
        if (id === door.id) setNews(delivered > 0 ? doors.broughtNews : doors.tookNews);
      }),
    [door.id, doors],
  );
  // That it is open is said for as long as it is.
  const seconds = useRef(0);
  useEffect(() => {
    if (answer?.tone !== "good" || seconds.current === 0) return;
    const timer = setTimeout(() => setAnswer(undefined), seconds.current * 1_000);
    return () => clearTimeout(timer);
  }, [answer]);

  /** Shows what is being done, and what came of it. The act begins within the press: only there may a page ask for the browser's list. */
  const act = (first: string, work: (tell: (text: string) => void) => Promise<Said & { good: boolean }>): void => {
    if (answer?.tone === "busy") return;
    setNews(undefined);
    seconds.current = 0;
    const tell = (said: string): void => setAnswer({ tone: "busy", said });
    tell(first);
    void work(tell).then(({ good, ...said }) => {
      setAnswer({ ...said, tone: good ? "good" : "bad" });
      onActed();
    });
  };
  const tap = (output?: number): void =>
    act(explainProgress("connecting", language), async (tell) => {
      const outcome = await thisPhone()!.unlock(door.id, { outputs: output === undefined ? 0 : 1 << output, onProgress: (progress) => tell(explainProgress(progress, language)) });
      if (outcome.opened) seconds.current = outcome.seconds;
      if (outcome.broughtNews) setNews(doors.broughtNews);
      return { ...explainUnlock(outcome, language), good: outcome.opened };
    });
  const carry = (): void =>
    act(explainProgress("connecting", language), async () => {
      const outcome = await thisPhone()!.carry(door.id);
      return { ...explainCarry(outcome, language), good: outcome.carried };
    });
  const press = (output?: number): void =>
    act(doors.working, async () => {
      const outcome = await (remote.current ??= new RemoteUnlock(door.id)).press(output === undefined ? [] : [output]);
      if (outcome.opened) seconds.current = REMOTE_SECONDS;
      return { ...explainRemote(outcome, words, language), good: outcome.opened };
    });

  const byPhone = key !== undefined && (bluetooth === "ready" || bluetooth === "off");
  const byInternet = own?.can.includes("unlock") === true;
  const outputs = own?.outputs ?? [];
  const busy = answer?.tone === "busy";
  return (
    <li class="door" data-tone={answer?.tone} data-shut={own?.lockState === "lock-down" || undefined}>
      <div class="title">
        <h3>{door.name}</h3>
        <span class="acts">
          {own?.lockState === "lock-down" && <Badge tone="danger">{doors.lockedDown}</Badge>}
          {own?.lockState === "hold-open" && <Badge tone="good">{doors.heldOpen}</Badge>}
          {own?.online === false && <Badge tone="quiet">{doors.noNetwork}</Badge>}
        </span>
      </div>
      {own !== undefined && <DoorTerms door={own} />}
      {own?.lockState === "lock-down" && <p class="quiet">{doors.lockedDownHow}</p>}
      {byPhone && <OpenButtons outputs={outputs} busy={busy} label={doors.open} labelOf={(output) => (output === undefined ? doors.openOf(door.name) : doors.openOf(`${door.name}, ${output}`))} onPress={tap} />}
      {!byPhone && byInternet && <OpenButtons outputs={outputs} busy={busy} label={doors.overInternet} labelOf={(output) => doors.overInternetOf(output === undefined ? door.name : `${door.name}, ${output}`)} onPress={press} />}
      {!byPhone && !byInternet && people.length > 0 && <p>{doors.atKeypad}</p>}
      <DoorAnswer answer={answer} />
      {news !== undefined && (
        <p class="quiet" role="status">
          {news}
        </p>
      )}
      {byPhone && key.handles <= HANDLES_SAID && <p class="quiet">{key.handles === 0 ? doors.noHandles : doors.handles(key.handles)}</p>}
      <DoorMore door={door} people={people} byPhone={byPhone} byInternet={byPhone && byInternet} onPress={() => press()} onCarry={carry} />
    </li>
  );
}

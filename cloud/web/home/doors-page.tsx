import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useLanguage, useWords } from "../language/speaking";
import { useBluetooth, type BluetoothState } from "../phone/bluetooth";
import { thisPhone } from "../phone/this-phone";
import { usePhoneKeys } from "../phone/use-phone-keys";
import { useSession } from "../shell/session";
import { Empty, Loading } from "../ui/asked-view";
import { Button, ButtonLink } from "../ui/button";
import { Page } from "../ui/page";
import { ProblemNotice } from "../ui/problem-notice";
import { DoorCard } from "./door-card";
import { byProperty, ownDoors, rememberDoors } from "./home-doors";
import { LuggageLine } from "./luggage-line";

/** That somebody has read that their browser has no Bluetooth for pages. */
const READ_ITEM = "latchkey-no-bluetooth-read";

/** The doors that one opens, wherever they are: by phone, over the internet, by code. Without a network: by what is in this phone. */
export function DoorsPage(): JSX.Element {
  const { common, home, doors: words } = useWords();
  const language = useLanguage();
  const { session } = useSession();
  const bluetooth = useBluetooth();
  const asked = useAsked(ownDoors, []);
  const places = useAsked((signal) => answered(api.GET("/api/account/places", { signal })), []);
  const peopleAt = (door: string): string[] => (places.data?.places ?? []).flatMap(({ person, state, doors }) => (state === "active" && doors.some(({ id }) => id === door) ? [person] : []));
  const keys = usePhoneKeys(bluetooth, asked.data?.filter(({ rights }) => rights.length > 0).map(({ id }) => id));
  const [working, setWorking] = useState(false);
  useEffect(() => {
    const look = (): void => {
      if (!document.hidden && navigator.onLine) void asked.again();
    };
    addEventListener("online", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("online", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [asked.again]);

  useEffect(() => {
    // Once there are keys: before that it is not sure that another account's have been forgotten.
    if (asked.data !== undefined && keys.doors !== undefined && keys.doors.length > 0) rememberDoors(asked.data);
  }, [asked.data, keys.doors]);

  // After an answer the phone may still be handing news over.
  const onActed = (): void => {
    setWorking(true);
    void (thisPhone()?.settled() ?? Promise.resolve())
      .then(keys.show)
      .catch(() => undefined)
      .finally(() => setWorking(false));
  };
  const unreached = asked.problem?.code === "offline";
  const known = asked.data !== undefined || (keys.doors !== undefined && (unreached || keys.doors.length > 0));
  const properties = byProperty(asked.data, keys.doors ?? [], language);
  return (
    <Page title={home.doors} about={bluetooth === "ready" ? words.about : undefined}>
      {properties.length > 0 && <BluetoothNotice bluetooth={bluetooth} hasKeys={(keys.doors ?? []).length > 0} />}
      {keys.trouble !== undefined && (
        <div class="notice warning" role="status">
          <p>
            <strong>{words.noKeys}.</strong> {keys.trouble.said} {keys.trouble.advice}
          </p>
          <Button onPress={keys.renew}>{common.again}</Button>
        </div>
      )}
      {asked.problem !== undefined && !(unreached && properties.length > 0) && <ProblemNotice problem={asked.problem} onAgain={asked.again} />}
      {!known && asked.problem === undefined && <Loading text={common.loading} />}
      {known && properties.length === 0 && !unreached && (
        <Empty title={words.none}>
          <p>{words.noneHow}</p>
          {session.state === "account" && session.properties.length > 0 && <ButtonLink href="/manage">{words.managed}</ButtonLink>}
        </Empty>
      )}
      {properties.map((property) => (
        <section key={property.id} aria-labelledby={`property-${property.id}`}>
          <h2 id={`property-${property.id}`}>{property.name}</h2>
          <ul class="doors">
            {property.doors.map((door) => (
              <DoorCard key={door.id} door={door} bluetooth={bluetooth} people={peopleAt(door.id)} onActed={onActed} />
            ))}
          </ul>
        </section>
      ))}
      <LuggageLine luggage={keys.luggage} working={working} />
    </Page>
  );
}

/** Says once what this browser cannot do, and what works instead. */
function BluetoothNotice({ bluetooth, hasKeys }: { bluetooth: BluetoothState; hasKeys: boolean }): JSX.Element | null {
  const { doors } = useWords();
  const [read, setRead] = useState(() => localStorage.getItem(READ_ITEM) !== null);
  if (bluetooth === "off") return <p class={hasKeys ? "notice warning" : "quiet"}>{doors.bluetoothOff}</p>;
  if (bluetooth !== "none" || read) return null;
  const onRead = (): void => {
    localStorage.setItem(READ_ITEM, "yes");
    setRead(true);
  };
  return (
    <div class="notice">
      <p>{doors.noBluetooth}</p>
      <Button onPress={onRead}>{doors.understood}</Button>
    </div>
  );
}

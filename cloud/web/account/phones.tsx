import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { DoorTruths } from "../truth/door-truths";
import { AskedView } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog } from "../ui/dialog";
import { Section } from "../ui/page";
import { Ago } from "../ui/time";
import { browserOf } from "./browser-name";
import { readersZone } from "./readers-zone";

type Phone = Schema<"Phone">;

/** Phones that hold keys; one that was lost loses them (A1), and it is shown door by door what follows. */
export function Phones(): JSX.Element {
  const { account: words } = useWords();
  const phones = useAsked((signal) => answered(api.GET("/api/account/phones", { signal })), []);
  const [lost, setLost] = useState<Phone>();
  const [ended, setEnded] = useState<Schema<"EndedPhone">>();
  const end = async (): Promise<void> => {
    const answer = await answered(api.DELETE("/api/account/phones/{phone}", { params: { path: { phone: lost!.id } } }));
    setLost(undefined);
    setEnded(answer);
    await phones.again();
  };
  return (
    <Section title={words.page.phones}>
      <p class="quiet">{words.page.aboutPhones}</p>
      <AskedView asked={phones}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{words.page.noPhones}</p>
          ) : (
            <ul class="rows">
              {items.map((phone) => (
                <PhoneRow key={phone.id} phone={phone} onLost={() => setLost(phone)} />
              ))}
            </ul>
          )
        }
      </AskedView>
      {lost !== undefined && (
        <ConfirmDialog title={words.page.endPhone(browserOf(lost.agent, words.page.someBrowser))} act={words.page.endKeys} onConfirm={end} onClose={() => setLost(undefined)}>
          <p>{lost.current ? words.page.endThisPhoneWill : words.page.endPhoneWill}</p>
          <p>{words.page.endPhoneWhen}</p>
          <p>{words.page.endPhoneStays}</p>
        </ConfirmDialog>
      )}
      {ended !== undefined && <PhoneEnded ended={ended} onClose={() => setEnded(undefined)} />}
    </Section>
  );
}

function PhoneRow({ phone: { agent, current, signedIn, seenAt }, onLost }: { phone: Phone; onLost: () => void }): JSX.Element {
  const { account: words } = useWords();
  const name = browserOf(agent, words.page.someBrowser);
  return (
    <li>
      <div>
        <strong>{name}</strong> {current && <Badge tone="good">{words.page.thisOne}</Badge>}
        {!signedIn && <Badge tone="warning">{words.page.signedOut}</Badge>}
        <span class="quiet">
          {words.page.keysAsked} <Ago instant={seenAt} zone={readersZone()} />
        </span>
        {!signedIn && <span class="quiet">{words.page.signedOutPhone}</span>}
      </div>
      <Button label={`${words.page.lost}, ${name}`} onPress={onLost}>
        {words.page.lost}
      </Button>
    </li>
  );
}

/** What is true now, door by door; asking again is the same act, and tells how it stands then. */
function PhoneEnded({ ended, onClose }: { ended: Schema<"EndedPhone">; onClose: () => void }): JSX.Element {
  const { account: words } = useWords();
  const [now, setNow] = useState(ended);
  const again = async (): Promise<void> => setNow(await answered(api.DELETE("/api/account/phones/{phone}", { params: { path: { phone: ended.id } } })));
  return (
    <Dialog title={words.page.phoneEnded} onClose={onClose}>
      {now.doors.length === 0 ? <p>{words.page.phoneHadNothing}</p> : <DoorTruths truths={now.doors} zone={readersZone()} />}
      <div class="acts">
        {!now.complete && <Button onPress={again}>{words.page.lookAgain}</Button>}
        <Button tone="primary" onPress={onClose}>
          {words.page.done}
        </Button>
      </div>
    </Dialog>
  );
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useProof } from "../account/proof";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { AskedView } from "../ui/asked-view";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { SecretCode } from "../ui/secret-code";
import { namesText } from "./place-text";

interface MemberCodesProps {
  person: string;
  /** undefined: whoever looks, themselves. */
  name: string | undefined;
  /** What whoever looks may do: `view-pin`, `renew-pin`. */
  can: readonly string[];
  zone: string;
}

/** Somebody's codes, to be looked at after a proof of who one is (O10), and renewed (O14). */
export function MemberCodes({ person, name, can, zone }: MemberCodesProps): JSX.Element {
  const { household: words } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/members/{person}/pins", { params: { path: { person } }, signal })), [person]);
  const [renewing, setRenewing] = useState(false);
  return (
    <div class="codes">
      <AskedView asked={asked}>
        {({ items }) => {
          const current = items.filter(({ replacedAt }) => replacedAt === null);
          return (
            <>
              {current.length === 0 && <p class="quiet">{words.codeNone}</p>}
              {current.map((code) => (
                <MemberCode key={code.id} code={code} person={person} name={name} mayView={can.includes("view-pin")} zone={zone} />
              ))}
              <OldCodes codes={items} zone={zone} />
              {current.length > 0 && <p class="quiet">{can.includes("view-pin") ? words.codeAbout : words.codeHidden}</p>}
              {can.includes("renew-pin") && current.length > 0 && <Button onPress={() => setRenewing(true)}>{words.renew}</Button>}
              {renewing && <RenewDialog person={person} name={name} codes={current} onClose={() => setRenewing(false)} onDone={asked.again} />}
            </>
          );
        }}
      </AskedView>
    </div>
  );
}

type Code = Schema<"Code">;

function MemberCode({ code, person, name, mayView, zone }: { code: Code; person: string; name: string | undefined; mayView: boolean; zone: string }): JSX.Element {
  const { household: words } = useWords();
  const language = useLanguage();
  const prove = useProof();
  const unheard = code.doors.filter(({ acknowledged }) => !acknowledged);
  const kind = code.kind === "second-pin" ? words.secondCode : code.kind === "pin" ? undefined : words.duressCode;
  const label = kind ?? (name === undefined ? words.yourCode : words.codeOf(name));
  const read = async (): Promise<string> => (await prove(() => answered(api.GET("/api/members/{person}/pins/{pin}", { params: { path: { person, pin: code.id } } })))).pin;
  return (
    <div class="code-of">
      {kind !== undefined && <p>{kind}</p>}
      {mayView ? <SecretCode label={label} mask={code.mask} read={read} /> : <p class="quiet">{code.mask}</p>}
      <p>{words.codeAt(doorNames(code.doors, language))}</p>
      {unheard.length > 0 && <p class="notice warning">{words.codeNotYet(doorNames(unheard, language))}</p>}
      {code.renewsAt !== null && <p class="quiet">{words.codeRenews(showInstant(code.renewsAt, zone, language))}</p>}
    </div>
  );
}

/** That an old code goes on for a while is said once, not for each door. */
function OldCodes({ codes, zone }: { codes: readonly Code[]; zone: string }): JSX.Element | null {
  const { household: words } = useWords();
  const language = useLanguage();
  const old = codes.filter(({ replacedAt, kind }) => replacedAt !== null && kind === "pin");
  if (old.length === 0) return null;
  const ends = old.flatMap(({ doors }) => doors.flatMap(({ until }) => until ?? []));
  const last = ends.sort().at(-1);
  return <p class="notice">{last === undefined ? words.oldCodeOpen : words.oldCode(showInstant(last, zone, language))}</p>;
}

function RenewDialog({ person, name, codes, onClose, onDone }: { person: string; name: string | undefined; codes: readonly Code[]; onClose: () => void; onDone: () => Promise<void> }): JSX.Element {
  const { household: words } = useWords();
  const language = useLanguage();
  const prove = useProof();
  const announce = useAnnounce();
  const doors = doorNames(codes.flatMap((code) => code.doors), language);
  const renew = async (): Promise<void> => {
    await prove(() => answered(api.POST("/api/members/{person}/pins/renew", { params: { path: { person } }, body: {} })));
    onClose();
    await onDone();
    announce(name === undefined ? words.renewedYours : words.renewed);
  };
  return (
    <ConfirmDialog title={name === undefined ? words.renewTitleYours : words.renewTitle(name)} act={words.renew} tone="primary" onConfirm={renew} onClose={onClose}>
      <p>{words.renewAbout(doors)}</p>
    </ConfirmDialog>
  );
}

function doorNames(doors: readonly { name: string }[], language: string): string {
  return namesText([...new Set(doors.map(({ name }) => name))], language);
}

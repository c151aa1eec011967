import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Schema } from "../api/client";
import { useLanguage, useWords } from "../language/speaking";
import { Button, ButtonLink } from "../ui/button";
import { GivenCodes } from "../ui/given-codes";
import { doorsText } from "./place-text";
import type { Household } from "./places";

interface AddedMemberProps {
  added: Schema<"MemberWithCodes">;
  household: Household;
  onAnother: () => void;
}

/** What comes of it: an invitation on its way, or a code to pass on (O9). */
export function AddedMember({ added, household, onAnother }: AddedMemberProps): JSX.Element {
  const { household: words } = useWords();
  const language = useLanguage();
  const said = useRef<HTMLParagraphElement>(null);
  useEffect(() => said.current?.focus(), []);
  const given = added.codes.length > 0;
  return (
    <div class="card">
      <p ref={said} tabIndex={-1}>
        {!given ? words.addedInvitedAbout(added.email ?? added.phone ?? "") : added.role === "share" ? words.gaveAbout : words.gaveMemberAbout}
      </p>
      {given && <GivenCodes codes={added.codes} name={added.name} about={words.addedGivenAbout} nameDoors={(doors) => doorsText(doors, household.doors, language)} />}
      <div class="acts">
        <ButtonLink tone="primary" href={`/household/${household.id}`}>
          {words.toHousehold}
        </ButtonLink>
        <Button onPress={onAnother}>{added.role === "share" ? words.giveAnother : words.addAnother}</Button>
      </div>
    </div>
  );
}

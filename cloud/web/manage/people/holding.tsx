import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { Fact, Facts } from "../../ui/facts";
import { Time } from "../../ui/time";
import { WeekText } from "../../ui/week-view";
import { useProperty } from "../../shell/managed-property";
import { WhenItIsTrue } from "../when-it-is-true";

type Credential = Schema<"HeldCredential">;
type Grant = Schema<"HeldGrant">;

interface HoldingProps {
  credential: Credential;
  /** What completes it or stands for it. */
  companions: readonly Credential[];
  person: Schema<"Person">;
  nameDoors: (doors: readonly string[]) => string;
}

/** A PIN, card or phone, and each right that it opens doors by: where, when, by whose word. */
export function Holding({ credential: { kind, digits, key, grants }, companions, person, nameDoors }: HoldingProps): JSX.Element {
  const { people: words } = useWords();
  const { id: property } = useProperty();
  const current = grants.filter(({ revokedAt }) => revokedAt === null);
  return (
    <li class="holder">
      <div class="split">
        <h3>{words.kinds[kind]}{digits > 0 && <span class="quiet"> {words.digits(digits)}</span>}</h3>
        <span class="badges">
          {companions.map((each) => (
            <Badge key={each.id} tone="quiet">
              {words.with[each.kind as keyof typeof words.with]}
            </Badge>
          ))}
          {key !== null && <a href={`/manage/${property}/keys/${key}`}>{words.fromKey}</a>}
        </span>
      </div>
      {current.map((grant) => (
        <Right key={grant.id} grant={grant} person={person} nameDoors={nameDoors} endable={person.household === null && key === null} />
      ))}
      {current.length === 0 && <p class="quiet">{words.opensNothing}</p>}
    </li>
  );
}

function Right({ grant: { id, doors, windows, notBefore, notAfter, uses, group, groupName, suspended, giver, createdAt }, person: { name }, nameDoors, endable }: { grant: Grant; person: Schema<"Person">; nameDoors: HoldingProps["nameDoors"]; endable: boolean }): JSX.Element {
  const { people: words, households } = useWords();
  const { id: property, timeZone } = useProperty();
  const { route } = useLocation();
  const [ending, setEnding] = useState(false);
  const end = async (): Promise<void> => {
    const { id: revocation } = await answered(api.POST("/api/revocations", { body: { grant: id } }));
    route(`/manage/${property}/truth/revocations/${revocation}`);
  };
  return (
    <div class="right">
      <Facts>
        <Fact term={households.doors}>{nameDoors(doors)}</Fact>
        <Fact term={households.times}>
          <WeekText windows={windows} />
        </Fact>
        {(notBefore !== undefined || notAfter !== undefined) && (
          <Fact term={words.span}>
            {notBefore === undefined ? words.atOnce : <Time instant={notBefore} zone={timeZone} />} – {notAfter === undefined ? households.noEnd : <Time instant={notAfter} zone={timeZone} />}
          </Fact>
        )}
        {uses !== undefined && <Fact term={words.uses}>{words.usesOf(uses)}</Fact>}
        <Fact term={words.why}>
          {group !== null ? <a href={`/manage/${property}/groups/${group}`}>{words.byGroup(groupName ?? "")}</a> : words.givers(giver.name, giver.actor)}, <Time instant={createdAt} zone={timeZone} />
        </Fact>
      </Facts>
      {suspended && <Badge tone="danger">{words.suspended}</Badge>}
      {endable && group === null && (
        <Button tone="danger" label={`${words.endOne}: ${nameDoors(doors)}`} onPress={() => setEnding(true)}>
          {words.endOne}
        </Button>
      )}
      {ending && (
        <ConfirmDialog title={words.endOneOf(name)} act={words.endOne} onConfirm={end} onClose={() => setEnding(false)}>
          <p>{words.endOneAbout(nameDoors(doors))}</p>
          <WhenItIsTrue doors={doors} />
        </ConfirmDialog>
      )}
    </div>
  );
}

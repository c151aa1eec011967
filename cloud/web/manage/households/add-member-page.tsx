import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { GivenCodes } from "../../ui/given-codes";
import { Page, Section } from "../../ui/page";
import { Radios } from "../../ui/radios";
import { useProperty } from "../../shell/managed-property";
import { MemberFields, type MemberTerms } from "./member-fields";

/** A resident or a guest is added for a household by its manager, beyond its caps too (O2, O3, O8, O9). */
export function AddMemberPage(): JSX.Element {
  const { params } = useRoute();
  const { household } = params;
  const { id: property } = useProperty();
  const { households: words } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/households/{household}", { params: { path: { household } }, signal })), [household]);
  return (
    <AskedView
      asked={asked}
      around={(shown) => (
        <Page title={words.addMember} back={{ href: `/manage/${property}/households/${household}`, label: words.toHousehold }}>
          {shown}
        </Page>
      )}
    >
      {(whole) => (
        <Page title={words.addTo(whole.unit.name)} back={{ href: `/manage/${property}/households/${household}`, label: words.householdOf(whole.unit.name) }}>
          <AddMember household={whole} />
        </Page>
      )}
    </AskedView>
  );
}

type Way = "email" | "phone" | "code";

function AddMember({ household }: { household: Schema<"WholeHousehold"> }): JSX.Element {
  const { households: words, common } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [role, setRole] = useState<"resident" | "guest">("resident");
  const [way, setWay] = useState<Way>("email");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [terms, setTerms] = useState<MemberTerms>({ doors: undefined, windows: [], start: undefined, end: undefined });
  const [added, setAdded] = useState<Schema<"MemberWithCodes">>();
  const at = `/manage/${property}/households/${household.id}`;
  const submit = async (): Promise<void> => {
    const { doors, windows, start, end } = terms;
    const body = {
      role,
      windows: [...windows],
      ...(name.trim() !== "" && { name }),
      ...(way === "email" && { email: address }),
      ...(way === "phone" && { phone: address }),
      ...(role === "guest" ? { doors: [...(doors ?? [])] } : doors !== undefined && { doors: [...doors] }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    };
    const member = await answered(api.POST("/api/households/{household}/members", { params: { path: { household: household.id } }, body }));
    announce(words.added(member.name));
    if (member.codes.length > 0) setAdded(member);
    else route(at);
  };
  if (added !== undefined) {
    return (
      <Section title={words.added(added.name)}>
        <GivenCodes name={added.name} codes={added.codes} />
        <ButtonLink tone="primary" href={at}>
          {words.toHousehold}
        </ButtonLink>
      </Section>
    );
  }
  return (
    <div class="card">
      <Form submit={common.add} onSubmit={submit} onCancel={() => route(at)}>
        {(errorOf) => (
          <>
            <Radios
              legend={words.asWhat}
              value={role}
              onValue={setRole}
              choices={[
                { value: "resident", label: words.asResident, hint: words.residentHint },
                { value: "guest", label: words.asGuest, hint: words.guestHint },
              ]}
            />
            <Radios
              legend={words.opensWith}
              value={way}
              onValue={setWay}
              choices={[
                { value: "email", label: words.inviteEmail, hint: words.inviteHint },
                { value: "phone", label: words.invitePhone, hint: words.inviteHint },
                { value: "code", label: words.byPin, hint: words.byPinHint },
              ]}
            >
              {(value) => value !== "code" && <TextField label={value === "email" ? words.email : words.phone} type={value === "email" ? "email" : "tel"} value={address} onValue={setAddress} required error={errorOf(value)} autocomplete="off" />}
            </Radios>
            <TextField label={words.name} value={name} onValue={setName} required={way === "code"} optional={way !== "code"} error={errorOf("name")} autocomplete="off" />
            <MemberFields role={role} doors={household.doors} terms={terms} errorOf={errorOf} onTerms={setTerms} />
          </>
        )}
      </Form>
    </div>
  );
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { useProof } from "../../account/proof";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { LANGUAGE_NAMES, useLanguage, useWords } from "../../language/speaking";
import { showDay } from "../../language/times";
import { useAccount, useSession } from "../../shell/session";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ConfirmDialog, Dialog } from "../../ui/dialog";
import { Select, TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page, Section } from "../../ui/page";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";

type Manager = Schema<"Manager">;
type Invitation = Schema<"ManagerInvitation">;

/** Who manages a property, and who is invited to. */
export function ManagersPage(): JSX.Element {
  const { settings: words, manage } = useWords();
  const language = useLanguage();
  const { id: property, name, timeZone, can } = useProperty();
  const { account } = useAccount();
  const { renew } = useSession();
  const { route } = useLocation();
  const announce = useAnnounce();
  const prove = useProof();
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Manager>();
  const [withdrawing, setWithdrawing] = useState<Invitation>();
  const asked = useAsked((signal) => answered(api.GET("/api/properties/{property}/managers", { params: { path: { property } }, signal })), ["managers", property]);
  const may = can.includes("appoint-managers");
  const remove = async (manager: Manager): Promise<void> => {
    await prove(() => answered(api.DELETE("/api/properties/{property}/managers/{account}", { params: { path: { property, account: manager.account } } })));
    announce(words.removedManager(manager.name));
    if (manager.account === account.id) {
      await renew();
      return route("/");
    }
    setRemoving(undefined);
    await asked.again();
  };
  const withdraw = async ({ id, email }: Invitation): Promise<void> => {
    await answered(api.DELETE("/api/properties/{property}/manager-invitations/{invitation}", { params: { path: { property, invitation: id } } }));
    announce(words.withdrawn(email));
    setWithdrawing(undefined);
    await asked.again();
  };
  const invite = may && (
    <Button tone="primary" onPress={() => setInviting(true)}>
      {words.invite}
    </Button>
  );
  return (
    <Page title={words.managers} about={words.managersAbout} back={{ href: `/manage/${property}/settings`, label: manage.settings }} acts={invite}>
      {!may && <p class="notice">{words.notForPrograms}</p>}
      <AskedView asked={asked}>
        {({ items, invitations }) => (
          <>
            <section class="card">
              <Table
                caption={words.managers}
                rows={items}
                keyOf={(manager) => manager.account}
                columns={[
                  {
                    title: words.name,
                    heading: true,
                    cell: (manager) => (
                      <>
                        {manager.name} {manager.account === account.id && <Badge tone="quiet">{words.you}</Badge>}
                      </>
                    ),
                  },
                  { title: words.addresses, cell: ({ emails }) => emails.join(", ") },
                  { title: words.since, cell: ({ since }) => <Time instant={since} zone={timeZone} /> },
                  ...(may ? [{ title: words.removeManager, act: true, cell: (manager: Manager) => <Button label={words.removeManagerOf(manager.name)} onPress={() => setRemoving(manager)}>{words.removeManager}</Button> }] : []),
                ]}
              />
            </section>
            {invitations.length > 0 && (
              <Section title={words.waiting}>
                <ul class="group-people">
                  {invitations.map((invitation) => (
                    <li key={invitation.id}>
                      <div>
                        <strong>{invitation.email}</strong>
                        <p class="hint">{words.until(showDay(invitation.expiresAt, timeZone, language))}</p>
                      </div>
                      {may && (
                        <Button label={words.withdrawOf(invitation.email)} onPress={() => setWithdrawing(invitation)}>
                          {words.withdraw}
                        </Button>
                      )}
                    </li>
                  ))}
                </ul>
              </Section>
            )}
          </>
        )}
      </AskedView>
      {inviting && <InviteManager onInvited={asked.again} onClose={() => setInviting(false)} />}
      {removing !== undefined && (
        <ConfirmDialog title={words.removeManagerTitle(removing.name)} act={words.removeManager} onConfirm={() => remove(removing)} onClose={() => setRemoving(undefined)}>
          <p>{words.removeManagerSure(removing.name, name)}</p>
          {removing.account === account.id && <p class="notice warning">{words.removeYourself}</p>}
        </ConfirmDialog>
      )}
      {withdrawing !== undefined && (
        <ConfirmDialog title={words.withdrawTitle(withdrawing.email)} act={words.withdraw} onConfirm={() => withdraw(withdrawing)} onClose={() => setWithdrawing(undefined)}>
          <p>{words.withdrawSure}</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function InviteManager({ onInvited, onClose }: { onInvited: () => Promise<void>; onClose: () => void }): JSX.Element {
  const { settings: words } = useWords();
  const spoken = useLanguage();
  const { id: property } = useProperty();
  const announce = useAnnounce();
  const prove = useProof();
  const [email, setEmail] = useState("");
  const [language, setLanguage] = useState(spoken);
  const send = async (): Promise<void> => {
    await prove(() => answered(api.POST("/api/properties/{property}/managers", { params: { path: { property } }, body: { email: email.trim(), language } })));
    announce(words.invited(email));
    onClose();
    await onInvited();
  };
  return (
    <Dialog title={words.invite} onClose={onClose}>
      <Form submit={words.sendInvite} onSubmit={send} onCancel={onClose}>
        {(errorOf) => (
          <>
            <p>{words.inviteAbout}</p>
            <TextField label={words.email} type="email" required autocomplete="off" maxLength={254} value={email} onValue={setEmail} error={errorOf("email")} />
            <Select label={words.emailLanguage} value={language} choices={LANGUAGE_NAMES.map(({ code, name }) => ({ value: code, label: name }))} onValue={setLanguage} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

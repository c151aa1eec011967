import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { SignIn } from "../account/sign-in";
import { ApiProblem } from "../api/api-problem";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { useSession } from "../shell/session";
import { useAnnounce } from "../ui/announcer";
import { AskedView, Empty } from "../ui/asked-view";
import { Button, ButtonLink } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { Fact, Facts } from "../ui/facts";
import { Form } from "../ui/form";
import { Page, Section } from "../ui/page";
import { KeyTimesText } from "./key-times";
import { Time } from "../ui/time";

/** Where the link and the QR code of a key lead (S3): what it offers, and accepting or declining it. Whoever comes first has it. */
export function KeyLinkPage(): JSX.Element {
  const { offer: words } = useWords().sharing;
  // In the fragment, which no server sees. It stays in the address until it is of no use any more, so that the page can be loaded anew.
  const [token, setToken] = useState(() => location.hash.slice(1));
  const [done, setDone] = useState<"accepted" | "declined">();
  // Another link, opened while this page is there, is no other page to the browser.
  useEffect(() => {
    const follow = (): void => {
      setToken(location.hash.slice(1));
      setDone(undefined);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const asked = useAsked((signal) => answered(api.POST("/api/keys/look", { body: { token }, signal })), ["offer", token]);
  const finish = (how: "accepted" | "declined"): void => {
    history.replaceState(null, "", location.pathname);
    setDone(how);
  };
  if (done !== undefined) return <Answered how={done} offer={asked.data} />;
  if (token === "") return <Gone title={words.noLink} text={words.noLinkText} />;
  if (asked.problem?.code === "invitation-used") return <Gone title={words.used} text={words.usedText} />;
  if (asked.problem?.code === "invitation-gone") return <Gone title={words.gone} text={words.goneText} />;
  return (
    <Page title={asked.data === undefined ? words.title : words.titleOf(asked.data.name)} about={asked.data && (asked.data.giver === null ? words.fromManager(asked.data.property) : words.from(asked.data.giver, asked.data.property))}>
      <AskedView asked={asked}>
        {(offer) => (
          <>
            <Offer of={offer} />
            <AnswerOffer token={token} onDone={finish} onGone={asked.again} />
          </>
        )}
      </AskedView>
    </Page>
  );
}

function Offer({ of }: { of: Schema<"KeyOffer"> }): JSX.Element {
  const { sharing } = useWords();
  return (
    <Section title={sharing.offer.what}>
      <Facts>
        <Fact term={sharing.column.doors}>{of.doors.join(", ")}</Fact>
        <Fact term={sharing.column.when}>
          <KeyTimesText times={{ ...of, ownProfile: of.admin ? "admin" : null }} zone={of.timeZone} />
        </Fact>
        <Fact term={sharing.offer.waitsUntil}>
          <Time instant={of.expiresAt} zone={of.timeZone} />
        </Fact>
      </Facts>
    </Section>
  );
}

function AnswerOffer({ token, onDone, onGone }: { token: string; onDone: (how: "accepted" | "declined") => void; onGone: () => Promise<void> }): JSX.Element {
  const { offer: words } = useWords().sharing;
  const { session } = useSession();
  const announce = useAnnounce();
  const [declining, setDeclining] = useState(false);
  const accept = async (): Promise<void> => {
    try {
      await answered(api.POST("/api/keys/accept", { body: { token } }));
    } catch (error) {
      // Somebody else was first: the page says that by itself.
      if (error instanceof ApiProblem && (error.code === "invitation-used" || error.code === "invitation-gone")) await onGone();
      throw error;
    }
    announce(words.accepted);
    onDone("accepted");
  };
  const decline = async (): Promise<void> => {
    await answered(api.POST("/api/keys/decline", { body: { token } }));
    announce(words.declined);
    onDone("declined");
  };
  return (
    <>
      {session.state === "account" ? (
        <Section title={words.acceptTitle}>
          <p>{words.acceptAs(session.account.name)}</p>
          <Form submit={words.accept} onSubmit={accept} onCancel={() => setDeclining(true)} cancel={words.decline}>
            {() => null}
          </Form>
        </Section>
      ) : (
        <Section title={words.signInTitle}>
          <p>{words.signInText}</p>
          <SignIn />
        </Section>
      )}
      {session.state !== "account" && (
        <p>
          <Button onPress={() => setDeclining(true)}>{words.decline}</Button>
        </p>
      )}
      {declining && (
        <ConfirmDialog title={words.declineTitle} act={words.decline} onConfirm={decline} onClose={() => setDeclining(false)}>
          <p>{words.declineWhat}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Answered({ how, offer }: { how: "accepted" | "declined"; offer: Schema<"KeyOffer"> | undefined }): JSX.Element {
  const { offer: words } = useWords().sharing;
  if (how === "declined") return <Gone title={words.declined} text={words.declinedText} />;
  return (
    <Page title={words.accepted}>
      <p>{words.acceptedText(offer?.doors.join(", ") ?? "")}</p>
      <ButtonLink tone="primary" href="/">
        {words.toDoors}
      </ButtonLink>
    </Page>
  );
}

function Gone({ title, text }: { title: string; text: string }): JSX.Element {
  const { session } = useSession();
  const { offer: words } = useWords().sharing;
  const { path } = useLocation();
  return (
    <Page key={path} title={title}>
      <Empty title={text}>
        {session.state === "account" && <ButtonLink href="/keys">{words.toKeys}</ButtonLink>}
      </Empty>
    </Page>
  );
}

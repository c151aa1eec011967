import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useLanguage, useWords } from "../language/speaking";
import { setLeaving } from "../shell/remembered-reader";
import { useSession } from "../shell/session";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { CodeField, codeOf } from "./code-field";
import { answerWithPasskey, hasPasskeys } from "./passkey";

interface SignInProps {
  /** When they are signed in. The session is known by then, and what was shown for nobody may be gone. */
  onDone?: (() => void) | undefined;
  /** Where an invitation was sent to: offered, not imposed. */
  identifier?: string | undefined;
}

type Step = { name: "address" } | { name: "code" } | { name: "who" };

/**
 * Signing in: by a code to an e-mail address or a phone, or by a passkey. Whoever comes for the first time gets an
 * account by it, and says what to call them. A page of its own shows it (sign-in-page.tsx), and so do pages to which
 * links in messages lead.
 */
export function SignIn({ onDone, identifier: offered = "" }: SignInProps): JSX.Element {
  const { account: words } = useWords();
  const language = useLanguage();
  const { renew } = useSession();
  const [step, setStep] = useState<Step>({ name: "address" });
  const [identifier, setIdentifier] = useState(offered);
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  // Where this is not answered, nothing else is either: then the form says so.
  const { data: ways } = useAsked((signal) => answered(api.GET("/api/sign-in", { signal })), []);

  const finish = async (): Promise<void> => {
    await renew();
    onDone?.();
  };
  const send = async (): Promise<void> => {
    await answered(api.POST("/api/sign-in/codes", { body: { identifier, language } }));
    setCode("");
    setStep({ name: "code" });
  };
  const enter = async (): Promise<void> => {
    const { isNew } = await answered(api.POST("/api/sign-in", { body: { identifier, code: codeOf(code), language } }));
    // Whoever was here before has left with that, if the cloud had not heard it yet.
    setLeaving(false);
    if (isNew) setStep({ name: "who" });
    else await finish();
  };
  const enterWithPasskey = async (): Promise<void> => {
    const { challenge, options } = await answered(api.POST("/api/sign-in/passkey/options", { body: {} }));
    const response = await answerWithPasskey(options);
    if (response === undefined) return;
    await answered(api.POST("/api/sign-in/passkey", { body: { challenge, response } }));
    setLeaving(false);
    await finish();
  };
  const introduce = async (): Promise<void> => {
    await answered(api.PATCH("/api/account", { body: { name } }));
    await finish();
  };

  // Each step takes the focus, so that it is read out and can be typed into at once.
  if (step.name === "who") {
    return (
      <Form key="who" submit={words.signIn.go} onSubmit={introduce}>
        {(errorOf) => (
          <>
            <p>{words.signIn.welcome}</p>
            <TextField label={words.signIn.name} hint={words.signIn.nameHint} name="name" value={name} onValue={setName} error={errorOf("name")} required autocomplete="name" maxLength={120} focused />
          </>
        )}
      </Form>
    );
  }
  if (step.name === "code") {
    return (
      <Form key="code" submit={words.signIn.submit} onSubmit={enter} onCancel={() => setStep({ name: "address" })} cancel={words.signIn.otherAddress}>
        {() => <CodeField to={identifier} value={code} onValue={setCode} onResend={send} />}
      </Form>
    );
  }
  const texts = ways?.textMessages ?? true;
  return (
    <>
      <Form key="address" submit={words.signIn.send} onSubmit={send}>
        {(errorOf) => <TextField label={texts ? words.signIn.emailOrPhone : words.signIn.email} hint={texts ? words.signIn.emailOrPhoneHint : words.signIn.emailOnly} name="identifier" type={texts ? "text" : "email"} value={identifier} onValue={setIdentifier} error={errorOf("identifier")} required autocomplete="username" autocapitalize="none" spellcheck={false} maxLength={254} />}
      </Form>
      {ways?.passkeys === true && hasPasskeys() && (
        <div class="otherwise">
          <p class="or">{words.signIn.or}</p>
          <Form key="passkey" submit={words.signIn.passkey} tone="plain" onSubmit={enterWithPasskey}>
            {() => null}
          </Form>
        </div>
      )}
    </>
  );
}

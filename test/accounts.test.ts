import test from "ava";
import { CloudRig } from "./support/cloud-rig";
import { addIdentifier, authenticateAgain, Client, lastCode, messagesTo, signIn, siteClient } from "./support/sign-in";

let rig: CloudRig;
test.before(async () => {
  rig = await CloudRig.start();
});
test.after.always(() => rig.stop());

test.serial("A1: somebody signs in with a code, and the first time makes the account", async (t) => {
  const ada = await signIn(rig, "Ada@Example.com", { name: "Ada" });
  const account = await ada.get("/account");
  t.is(account.name, "Ada");
  t.deepEqual(account.identifiers.map(({ kind, value }: { kind: string; value: string }) => [kind, value]), [["email", "ada@example.com"]]);
  const again = await signIn(rig, "ada@EXAMPLE.com");
  t.is(again.account, ada.account);
  await addIdentifier(ada, "+33612345678");
  await authenticateAgain(ada);
  t.is((await ada.get("/account")).identifiers.length, 2);
  void [Client, lastCode, messagesTo, siteClient];
});

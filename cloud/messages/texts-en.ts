import type { Texts } from "./message";
import { newsInEnglish, TOPICS_EN } from "./news-en";

const NOT_YOU = "If you did not ask for it, somebody may have mistyped an address: you need not do anything. Never give this code to anybody.";
const REASONS = { period: "as it is after some time", asked: "as was asked", security: "for safety" };

/** What English readers get. */
export const TEXTS_EN: Texts = {
  "sign-in-code": ({ code }) => ({
    subject: `${code} is your Latchkey code`,
    body: [`Your code to sign in is ${code}.`, "It works once, for ten minutes.", NOT_YOU],
    sms: `Latchkey: ${code} is your code to sign in. Never give it to anybody.`,
  }),
  "identifier-code": ({ code }) => ({
    subject: `${code} confirms your address`,
    body: [`Your code to add this address or number to your account is ${code}.`, "It works once, for ten minutes.", NOT_YOU],
    sms: `Latchkey: ${code} confirms this number for your account. Never give it to anybody.`,
  }),
  "authenticate-code": ({ code }) => ({
    subject: `${code} confirms that it is you`,
    body: [`Your code to confirm that it is you is ${code}.`, "It works once, for ten minutes.", NOT_YOU],
    sms: `Latchkey: ${code} confirms that it is you. Never give it to anybody.`,
  }),
  "identifier-changed": ({ change, identifier }) => {
    const what = change === "added" ? `${identifier} was added to your account` : `${identifier} was removed from your account`;
    return {
      subject: change === "added" ? "An address was added to your account" : "An address was removed from your account",
      body: [`${what}.`, "If that was not you, sign in and end the sessions that you do not know, or speak to your property's manager."],
      sms: `Latchkey: ${what}. Not you? Sign in and end the sessions that you do not know.`,
    };
  },
  "account-erased": () => ({
    subject: "Your account is erased",
    body: ["Your account and what named you in it are erased, and all its sessions have ended."],
    sms: "Latchkey: your account is erased, and all its sessions have ended.",
  }),
  lease: ({ property, unit, link, until }) => ({
    subject: `Your access to ${property}`,
    body: [
      `Your lease of ${unit}, ${property}, has been entered, and your access is being set up.`,
      `To have it in your account, open this page, sign in or create an account, and confirm your address and your phone number:`,
      link,
      `The link works once, until ${until}. If your account has other addresses than those of your lease, the same link joins the two.`,
    ],
    sms: `Latchkey: your access to ${unit}, ${property}: ${link} (once, until ${until})`,
  }),
  "lease-linked": ({ property, unit, link }) => ({
    subject: `${property} is in your account`,
    body: [`Your lease of ${unit}, ${property}, has been entered. It is in your account already: there is nothing to accept.`, link],
    sms: `Latchkey: ${unit}, ${property}, is in your account. ${link}`,
  }),
  invitation: ({ inviter, property, unit, role, link, until }) => {
    const what = role === "resident" ? `to live at ${unit}, ${property}` : `as a guest of ${unit}, ${property}`;
    return {
      subject: `An invitation to ${property}`,
      body: [
        `${inviter === null ? "The manager" : `“${inviter}”`} has invited you ${what}.`,
        "Nothing opens before you accept. You can do that with any account of yours, or decline:",
        link,
        `The link works once, until ${until}. If you know nobody there, you need not do anything.`,
      ],
      sms: `Latchkey: ${inviter === null ? "the manager" : `“${inviter}”`} invites you ${what}: ${link} (until ${until})`,
    };
  },
  "manager-invitation": ({ property, link, until }) => ({
    subject: `Manage ${property}`,
    body: [`You are invited to manage ${property}. Sign in and accept here:`, link, `The link works once, until ${until}.`],
    sms: `Latchkey: you are invited to manage ${property}: ${link} (until ${until})`,
  }),
  "pin-renewed": ({ holder, property, reason, oldUntil, link }) => {
    const whose = holder === null ? "Your code" : `The code of “${holder}”`;
    const old = oldUntil === null ? "The old one has ended." : `The old one opens until ${oldUntil} at the latest.`;
    const then = holder === null ? "You see the new one after signing in:" : "Please pass the new one on; you see it after signing in:";
    return {
      subject: `${whose} for ${property} is a new one`,
      body: [`${whose} for ${property} has been renewed, ${REASONS[reason]}. ${old}`, then, link],
      sms: `Latchkey: ${holder === null ? "your code" : `the code of “${holder}”`} for ${property} has been renewed. ${old} ${link}`,
    };
  },
  "pin-added": ({ holder, property, link }) => {
    const whose = holder === null ? "You have another code" : `“${holder}” has another code`;
    const then = holder === null ? "You see it, and which doors it opens, after signing in:" : "Please pass it on; you see it, and which doors it opens, after signing in:";
    return {
      subject: `${whose} at ${property}`,
      body: [`${whose} at ${property}, for doors that are new. The code so far stays as it is.`, then, link],
      sms: `Latchkey: ${holder === null ? "you have another code" : `“${holder}” has another code`} at ${property}, for doors that are new. ${link}`,
    };
  },
  "key-link": ({ giver, property, key, link, until }) => {
    const from = giver === null ? `whoever runs ${property}` : `“${giver}”`;
    return {
      subject: `A key to ${property}`,
      body: [`You have been given a key to ${property}, “${key}”, by ${from}.`, "Nothing opens before you accept. You can do that with any account of yours, or decline:", link, `The link works once, until ${until}. If you know nobody there, you need not do anything.`],
      sms: `Latchkey: ${giver === null ? "you have been given" : `“${giver}” gives you`} a key to ${property}: ${link} (once, until ${until})`,
    };
  },
  "text-key": ({ giver, property, doors, code, unit, from, until }) => {
    const when = [from === null ? "" : ` from ${from}`, until === null ? "" : ` until ${until}`].join("");
    const typed = unit === null ? "" : ` Where a door asks for a unit, type ${unit} first.`;
    return {
      subject: `Your code for ${property}`,
      body: [`${giver === null ? "You have been given" : `“${giver}” has given you`} a code for ${property}: ${code}.`, `Type it, then #. It opens ${doors}${when}. You need no app and no account.${typed}`, "Keep it to yourself: whoever has it gets in."],
      sms: `Latchkey: ${code} is your code for ${doors}, ${property}${when}${giver === null ? "" : `, from “${giver}”`}. Type it, then #.${typed}`,
    };
  },
  notification: ({ property, news, more, link }) => {
    const lines = news.map(newsInEnglish);
    return {
      subject: lines.length + more === 1 ? `${property}: ${TOPICS_EN[news[0].kind]}` : `${property}: ${lines.length + more} notices`,
      body: [`${property}:`, ...lines, ...(more > 0 ? [`And ${more} more.`] : []), "All of them, and the rules by which you are told:", link],
      sms: `Latchkey, ${property}: ${lines[0]}${more > 0 ? ` And ${more} more.` : ""} ${link}`,
    };
  },
  removed: ({ property, unit, how, at }) => {
    const why = {
      "moved-out": "because of a move",
      removed: "by those who gave it",
      "court-order": "by the manager, on a document",
      "share-ended": "by those who gave it",
      expired: "because its time was over",
    }[how];
    return {
      subject: `Your access to ${property} has ended`,
      body: [`Your access to ${unit}, ${property}, ended on ${at}, ${why}.`, "Your account stays, and so do your other places."],
      sms: `Latchkey: your access to ${unit}, ${property}, ended on ${at}, ${why}.`,
    };
  },
};

import type { Texts } from "./message";
import { newsInFrench, TOPICS_FR } from "./news-fr";

const NOT_YOU = "Si vous n’avez rien demandé, quelqu’un s’est peut-être trompé d’adresse : vous n’avez rien à faire. Ne donnez ce code à personne.";
const REASONS = { period: "comme il se doit après un certain temps", asked: "comme demandé", security: "par sécurité" };

/** What French readers get. */
export const TEXTS_FR: Texts = {
  "sign-in-code": ({ code }) => ({
    subject: `${code} est votre code Latchkey`,
    body: [`Votre code de connexion est ${code}.`, "Il sert une seule fois, pendant dix minutes.", NOT_YOU],
    sms: `Latchkey : ${code} est votre code de connexion. Ne le donnez à personne.`,
  }),
  "identifier-code": ({ code }) => ({
    subject: `${code} confirme votre adresse`,
    body: [`Votre code pour ajouter cette adresse ou ce numéro à votre compte est ${code}.`, "Il sert une seule fois, pendant dix minutes.", NOT_YOU],
    sms: `Latchkey : ${code} confirme ce numéro pour votre compte. Ne le donnez à personne.`,
  }),
  "authenticate-code": ({ code }) => ({
    subject: `${code} confirme que c’est bien vous`,
    body: [`Votre code pour confirmer que c’est bien vous est ${code}.`, "Il sert une seule fois, pendant dix minutes.", NOT_YOU],
    sms: `Latchkey : ${code} confirme que c’est bien vous. Ne le donnez à personne.`,
  }),
  "identifier-changed": ({ change, identifier }) => {
    const what = change === "added" ? `${identifier} a été ajouté à votre compte` : `${identifier} a été retiré de votre compte`;
    return {
      subject: change === "added" ? "Une adresse a été ajoutée à votre compte" : "Une adresse a été retirée de votre compte",
      body: [`${what}.`, "Si ce n’est pas vous, connectez-vous et mettez fin aux sessions que vous ne connaissez pas, ou parlez-en à votre gestionnaire."],
      sms: `Latchkey : ${what}. Ce n’est pas vous ? Connectez-vous et fermez les sessions inconnues.`,
    };
  },
  "account-erased": () => ({
    subject: "Votre compte est effacé",
    body: ["Votre compte et ce qui vous y nommait sont effacés, et toutes ses sessions sont fermées."],
    sms: "Latchkey : votre compte est effacé, et toutes ses sessions sont fermées.",
  }),
  lease: ({ property, unit, link, until }) => ({
    subject: `Votre accès à ${property}`,
    body: [
      `Votre bail pour ${unit}, ${property}, a été saisi et votre accès se prépare.`,
      "Pour le retrouver dans votre compte, ouvrez cette page, connectez-vous ou créez un compte, et confirmez votre adresse et votre numéro de téléphone :",
      link,
      `Le lien sert une seule fois, jusqu’au ${until}. Si votre compte a d’autres coordonnées que celles du bail, ce même lien relie les deux.`,
    ],
    sms: `Latchkey : votre accès à ${unit}, ${property} : ${link} (une seule fois, jusqu’au ${until})`,
  }),
  "lease-linked": ({ property, unit, link }) => ({
    subject: `${property} est dans votre compte`,
    body: [`Votre bail pour ${unit}, ${property}, a été saisi. Il est déjà dans votre compte : vous n’avez rien à accepter.`, link],
    sms: `Latchkey : ${unit}, ${property}, est dans votre compte. ${link}`,
  }),
  invitation: ({ inviter, property, unit, role, link, until }) => {
    const what = role === "resident" ? `à habiter ${unit}, ${property}` : `à venir en invité à ${unit}, ${property}`;
    return {
      subject: `Une invitation pour ${property}`,
      body: [
        `${inviter === null ? "Le gestionnaire" : `« ${inviter} »`} vous invite ${what}.`,
        "Rien ne s’ouvre avant que vous acceptiez. Vous pouvez le faire avec n’importe lequel de vos comptes, ou refuser :",
        link,
        `Le lien sert une seule fois, jusqu’au ${until}. Si vous ne connaissez personne là-bas, vous n’avez rien à faire.`,
      ],
      sms: `Latchkey : ${inviter === null ? "le gestionnaire" : `« ${inviter} »`} vous invite ${what} : ${link} (jusqu’au ${until})`,
    };
  },
  "manager-invitation": ({ property, link, until }) => ({
    subject: `Gérer ${property}`,
    body: [`Vous êtes invité à gérer ${property}. Connectez-vous et acceptez ici :`, link, `Le lien sert une seule fois, jusqu’au ${until}.`],
    sms: `Latchkey : vous êtes invité à gérer ${property} : ${link} (jusqu’au ${until})`,
  }),
  "pin-renewed": ({ holder, property, reason, oldUntil, link }) => {
    const whose = holder === null ? "Votre code" : `Le code de « ${holder} »`;
    const old = oldUntil === null ? "L’ancien n’est plus valable." : `L’ancien ouvre jusqu’au ${oldUntil} au plus tard.`;
    const then = holder === null ? "Vous verrez le nouveau après vous être connecté :" : "Merci de transmettre le nouveau ; vous le verrez après vous être connecté :";
    return {
      subject: `${whose} pour ${property} a changé`,
      body: [`${whose} pour ${property} a été renouvelé, ${REASONS[reason]}. ${old}`, then, link],
      sms: `Latchkey : ${holder === null ? "votre code" : `le code de « ${holder} »`} pour ${property} a été renouvelé. ${old} ${link}`,
    };
  },
  "pin-added": ({ holder, property, link }) => {
    const whose = holder === null ? "Vous avez un code de plus" : `« ${holder} » a un code de plus`;
    const then = holder === null ? "Vous le verrez, avec les portes qu’il ouvre, après vous être connecté :" : "Merci de le transmettre ; vous le verrez, avec les portes qu’il ouvre, après vous être connecté :";
    return {
      subject: `${whose} à ${property}`,
      body: [`${whose} à ${property}, pour de nouvelles portes. Le code actuel ne change pas.`, then, link],
      sms: `Latchkey : ${holder === null ? "vous avez un code de plus" : `« ${holder} » a un code de plus`} à ${property}, pour de nouvelles portes. ${link}`,
    };
  },
  "key-link": ({ giver, property, key, link, until }) => {
    const from = giver === null ? `par la gestion de ${property}` : `par « ${giver} »`;
    return {
      subject: `Une clé pour ${property}`,
      body: [`Une clé pour ${property}, « ${key} », vous a été donnée ${from}.`, "Rien ne s’ouvre avant que vous acceptiez. Vous pouvez le faire avec n’importe lequel de vos comptes, ou refuser :", link, `Le lien sert une seule fois, jusqu’au ${until}. Si vous ne connaissez personne là-bas, vous n’avez rien à faire.`],
      sms: `Latchkey : ${giver === null ? "on vous donne" : `« ${giver} » vous donne`} une clé pour ${property} : ${link} (une seule fois, jusqu’au ${until})`,
    };
  },
  "text-key": ({ giver, property, doors, code, unit, from, until }) => {
    const when = [from === null ? "" : ` à partir du ${from}`, until === null ? "" : ` jusqu’au ${until}`].join("");
    const typed = unit === null ? "" : ` Si une porte demande un numéro de logement, tapez d’abord ${unit}.`;
    return {
      subject: `Votre code pour ${property}`,
      body: [`${giver === null ? "On vous a donné" : `« ${giver} » vous a donné`} un code pour ${property} : ${code}.`, `Tapez-le, puis #. Il ouvre ${doors}${when}. Ni application ni compte ne sont nécessaires.${typed}`, "Gardez-le pour vous : quiconque l’a peut entrer."],
      sms: `Latchkey : ${code} est votre code pour ${doors}, ${property}${when}${giver === null ? "" : `, de la part de « ${giver} »`}. Tapez-le, puis #.${typed}`,
    };
  },
  notification: ({ property, news, more, link }) => {
    const lines = news.map(newsInFrench);
    return {
      subject: lines.length + more === 1 ? `${property} : ${TOPICS_FR[news[0].kind]}` : `${property} : ${lines.length + more} avis`,
      body: [`${property} :`, ...lines, ...(more > 0 ? [`Et ${more} de plus.`] : []), "Tous les avis, et les règles selon lesquelles vous êtes prévenu :", link],
      sms: `Latchkey, ${property} : ${lines[0]}${more > 0 ? ` Et ${more} de plus.` : ""} ${link}`,
    };
  },
  removed: ({ property, unit, how, at }) => {
    const why = {
      "moved-out": "en raison d’un déménagement",
      removed: "par ceux qui vous l’avaient donné",
      "court-order": "par le gestionnaire, sur présentation d’un document",
      "share-ended": "par ceux qui vous l’avaient donné",
      expired: "parce que sa durée était écoulée",
    }[how];
    return {
      subject: `Votre accès à ${property} a pris fin`,
      body: [`Votre accès à ${unit}, ${property}, a pris fin le ${at}, ${why}.`, "Votre compte reste, et vos autres logements aussi."],
      sms: `Latchkey : votre accès à ${unit}, ${property}, a pris fin le ${at}, ${why}.`,
    };
  },
};

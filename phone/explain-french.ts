import type { Dictionary } from "./dictionary";

const STAND_CLOSER = "Approchez-vous de la porte et touchez à nouveau.";
const ASK_HOST = "Adressez-vous à la personne qui vous a donné cette clé.";

export const FRENCH: Dictionary = {
  granted: (seconds) => ({ said: "Ouvert.", advice: `Poussez ou tirez dans les ${seconds} s.` }),
  grantedAfterNews: (seconds) => ({ said: "Ouvert. La porte ne connaissait pas votre clé ; votre téléphone la lui a annoncée.", advice: `Poussez ou tirez dans les ${seconds} s.` }),
  afterNews: "La porte vient de recevoir les dernières nouvelles par votre téléphone.",
  failures: {
    "unknown-credential": { said: "Cette porte ne connaît pas votre clé.", advice: "Si vous venez de la recevoir, connectez-vous une fois à Internet et touchez à nouveau ici : votre téléphone en informera la porte." },
    "not-yet-valid": { said: "Votre clé n’est pas encore valable.", advice: "Réessayez à partir de son début." },
    expired: { said: "Votre clé a pris fin.", advice: ASK_HOST },
    "outside-schedule": { said: "Votre clé n’ouvre pas à cette heure.", advice: "Réessayez pendant ses heures." },
    holiday: { said: "Votre clé n’ouvre pas les jours fériés.", advice: "Réessayez un autre jour." },
    "used-up": { said: "Votre clé a servi autant de fois que permis.", advice: ASK_HOST },
    suspended: { said: "Votre clé est suspendue.", advice: ASK_HOST },
    "second-credential-needed": { said: "La porte a reconnu votre téléphone.", advice: "Tapez maintenant votre code sur le clavier." },
    "output-not-allowed": { said: "Votre clé n’ouvre pas celle-ci.", advice: "Choisissez une autre porte, ou adressez-vous à la personne qui vous a donné cette clé." },
    "stale-list": { said: "Cette porte est sans nouvelles depuis trop longtemps pour vous ouvrir.", advice: "Connectez-vous une fois à Internet, revenez et touchez : votre téléphone lui apportera les nouvelles." },
    "time-unknown": { said: "Cette porte ne sait pas l’heure, et votre clé a des heures ou une fin.", advice: "Touchez avec un téléphone connecté à Internet : il donnera l’heure à la porte." },
    "locked-out": { said: "Trop d’essais erronés à cette porte.", advice: "Attendez et réessayez, ou adressez-vous au gestionnaire." },
    "locked-down": { said: "Le gestionnaire a fermé cette porte à tous.", advice: "Adressez-vous au gestionnaire." },
    "no-key": { said: "Votre téléphone n’a pas de clé pour cette porte.", advice: "Si on vous en a donné une, connectez-vous une fois à Internet et réessayez." },
    "carries-only": { said: "Cette porte n’est pas à ouvrir par vous.", advice: "Si on vous a donné une clé, connectez-vous une fois à Internet et réessayez." },
    "handles-used-up": { said: "Votre téléphone a ouvert cette porte autant de fois qu’il le peut sans Internet.", advice: "Connectez-vous une fois et touchez à nouveau." },
    "no-bluetooth": { said: "Votre téléphone ne peut pas utiliser le Bluetooth ici.", advice: "Activez le Bluetooth et autorisez cette application à l’utiliser." },
    "out-of-reach": { said: "La porte ne répond pas.", advice: STAND_CLOSER },
    "not-chosen": { said: "Aucune porte n’a été choisie.", advice: "Touchez à nouveau et choisissez la porte dans la liste." },
    "connection-lost": { said: "La liaison avec la porte s’est interrompue.", advice: STAND_CLOSER },
    "not-recognised": { said: "La porte n’a pas reconnu votre téléphone.", advice: "Connectez-vous une fois à Internet et touchez à nouveau : la porte a peut-être été réinstallée." },
    forged: { said: "Ce qui a répondu n’est pas cette porte.", advice: "Ne touchez plus ici. Utilisez votre code ou votre carte, et prévenez le gestionnaire." },
    "not-understood": { said: "Ce qui a répondu ne parle pas comme cette porte le devrait.", advice: "Touchez à nouveau. Si cela persiste, prévenez le gestionnaire." },
    "no-storage": { said: "Votre téléphone ne peut pas conserver ce dont il a besoin.", advice: "Libérez de la place, quittez la navigation privée et touchez à nouveau." },
    cancelled: { said: "Annulé." },
    offline: { said: "Votre téléphone est hors ligne.", advice: "Les portes s’ouvrent sans Internet tant que votre téléphone a des clés pour elles." },
    "signed-out": { said: "Vous n’êtes plus connecté à votre compte.", advice: "Identifiez-vous à nouveau : vos clés reviendront avec votre compte." },
    busy: { said: "Le service est très sollicité.", advice: "Un nouvel essai suivra." },
    refused: { said: "Le service a refusé cela.", advice: "Identifiez-vous à nouveau." },
    trouble: { said: "Le service a un problème.", advice: "Un nouvel essai suivra." },
    "bad-keys": { said: "Les clés reçues ne sont pas pour ce téléphone.", advice: "Déconnectez-vous de votre compte et identifiez-vous à nouveau." },
    "phone-ended": { said: "Les clés de ce téléphone ont été supprimées : il a été déclaré perdu.", advice: "Si vous l’avez retrouvé, identifiez-vous pour en obtenir de nouvelles." },
    "too-many-phones": { said: "Votre compte a trop de téléphones.", advice: "Supprimez-en un que vous n’utilisez plus, puis réessayez." },
  },
  carried: ({ delivered, collected, uploaded }) => {
    if (delivered === 0 && collected === 0) return { said: "La porte n’a rien de nouveau, et vous non plus." };
    if (collected === 0) return { said: "Merci : la porte a les nouvelles." };
    if (uploaded) return { said: "Merci : la porte et le service ont échangé leurs nouvelles." };
    return { said: "Merci : vous emportez des nouvelles de cette porte.", advice: "Elles partiront d’elles-mêmes quand votre téléphone sera en ligne." };
  },
  refilled: (doors) => ({ said: doors === 1 ? "Votre téléphone a sa clé pour une porte." : `Votre téléphone a ses clés pour ${doors} portes.` }),
  progress: {
    connecting: "Recherche de la porte …",
    asking: "Demande à la porte …",
    "bringing-news": "Un instant : votre téléphone apporte les nouvelles à la porte …",
    "trying-again": "Nouvel essai …",
  },
  noVault: { said: "Cette page ne peut pas garder de clés.", advice: "Ouvrez-la par une adresse en https." },
  fob: {
    staged: { said: "La télécommande a reçu ses nouveaux boutons, mais ne les utilise pas encore.", advice: "Tenez les boutons 2 et 4 encore une fois jusqu’à ce que les deux voyants clignotent, puis touchez à nouveau." },
    committed: { said: "C’est fait : les boutons de la télécommande sont réglés." },
    untold: "Connectez-vous une fois à Internet pour que les portes l’apprennent.",
    failures: {
      "no-bluetooth": { said: "Le Bluetooth est éteint ou n’est pas autorisé.", advice: "Allumez-le et autorisez-le pour cette application." },
      "no-fob": { said: "Aucune télécommande ne répond.", advice: "Tenez ses boutons 2 et 4 jusqu’à ce que les deux voyants clignotent, et gardez-la tout près." },
      "not-chosen": { said: "Aucune télécommande n’a été choisie." },
      "connection-lost": { said: "La télécommande ne répond plus.", advice: "Gardez-la près du téléphone et réessayez." },
      "wrong-fob": { said: "C’est une autre télécommande.", advice: "Prenez celle à laquelle cette clé est destinée." },
      "no-assignment": { said: "Il n’y a encore rien à apporter à cette télécommande.", advice: "Connectez-vous une fois à Internet." },
      "not-understood": { said: "Ce qui répond n’est pas une de nos télécommandes." },
      "button-taken": { said: "Un bouton de cette télécommande ouvre déjà quelque chose.", advice: "Libérez-le d’abord, enregistrez, puis attribuez-le." },
      "not-taken": { said: "La télécommande n’accepte pas cela.", advice: "Connectez-vous et réessayez : il y a peut-être plus récent pour elle." },
      cancelled: { said: "Annulé." },
      "signed-out": { said: "Vous êtes déconnecté.", advice: "Connectez-vous et réessayez." },
      busy: { said: "C’était trop souvent.", advice: "Attendez une minute." },
      refused: { said: "Vous ne pouvez pas modifier cette télécommande." },
      trouble: { said: "Le serveur a rencontré un problème.", advice: "Réessayez plus tard." },
    },
  },
};

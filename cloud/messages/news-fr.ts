import type { OccurrenceKind } from "../notifications/occurrence";
import type { News, Readable } from "./message";

/** In a few words, without names: for subjects. */
export const TOPICS_FR: Record<OccurrenceKind, string> = {
  "door-opened": "une porte a été ouverte",
  "door-refused": "un accès a été refusé",
  "door-forced": "une porte a été forcée",
  "door-held-open": "une porte est restée ouverte",
  "door-alarm": "une porte signale un défaut",
  duress: "un appel à l’aide à une porte",
  changed: "quelque chose a été modifié",
};

/** What was changed, by the kind of record. */
const CHANGED: { [subject: string]: string } = {
  door: "une porte",
  group: "un groupe",
  household: "un foyer",
  key: "une clé",
  person: "l’accès de quelqu’un",
  profile: "un profil",
  property: "les réglages de l’immeuble",
  template: "un type de logement",
  token: "l’accès d’un programme",
  unit: "un logement",
  webhook: "un webhook",
};

/** One line of a notification in French. */
export function newsInFrench({ at, late, times, ...news }: Readable<News>): string {
  const often = times > 1 ? `, ${times} fois, la dernière ` : ", ";
  return `${whatHappened(news)}${often}${at === null ? "à une heure inconnue (la porte n’avait pas d’horloge)" : `le ${at}`}${late ? " (arrivé en retard)" : ""}.`;
}

function whatHappened({ kind, remote, door, person, actor, subject }: Omit<Readable<News>, "at" | "late" | "times">): string {
  const place = door === null ? "une porte" : `« ${door} »`;
  const who = person === null ? undefined : `« ${person} »`;
  switch (kind) {
    case "door-opened":
      return `${who ?? "Quelqu’un"} a ouvert ${place}${remote ? " à distance" : ""}`;
    case "door-refused":
      return `Accès refusé à ${who ?? "quelqu’un"} : ${place}`;
    case "door-forced":
      return `Ouverture forcée : ${place}`;
    case "door-held-open":
      return `Restée ouverte : ${place}`;
    case "door-alarm":
      return `Défaut signalé : ${place}`;
    case "duress":
      return `${who ?? "Quelqu’un"} a peut-être ouvert ${place} sous la contrainte`;
    case "changed":
      return `${actor === null ? "Quelqu’un" : `« ${actor} »`} a modifié ${CHANGED[subject ?? ""] ?? "quelque chose"}${who === undefined ? "" : ` (${who})`}${door === null ? "" : ` (${place})`}`;
  }
}

import type { NewCredential, NewGrant } from "../people/give-credential";
import { sortWindows } from "../access/window";
import { GRANTS_PER_CREDENTIAL_MAX } from "../limits";
import type { Code, CodeGrant } from "./codes";

/** How the codes of a household's members are cut (O14); everybody else keeps as many as they have. */
export type CodeShape = "one-for-all" | "one-per-door" | "as-they-are";

/**
 * The codes that take the place of others: the same doors on the same terms. What a group gives it gives to the new
 * ones as well (`matchGroups`).
 * @param without a door that is no more; undefined = none.
 * @returns also the grants that none of them takes over: those of limited uses, because doors count uses by the
 * code, so that a new one would open anew.
 */
export function planCodes(replaced: readonly Code[], shape: CodeShape, without?: string): { wanted: NewCredential[]; dropped: CodeGrant[] } {
  const wanted: NewCredential[] = [];
  const dropped: CodeGrant[] = [];
  const common: NewGrant[] = [];
  for (const code of replaced) {
    const own = code.grants.filter((grant) => grant.group === undefined);
    dropped.push(...own.filter(isLimited));
    const grants = own.filter((grant) => !isLimited(grant)).map((grant) => ({ doors: grant.doors.filter((door) => door !== without), terms: grant.terms, outputs: grant.outputs, ...(grant.suspended && { suspended: true }) }));
    const left = grants.filter(({ doors }) => doors.length > 0);
    if (left.length === 0) continue;
    if (shape === "as-they-are" || code.companions.length > 0) wanted.push(likeIt(code, left));
    else common.push(...left);
  }
  const merged = mergeGrants(common);
  // Of what somebody has of a household, all is of one key or of none.
  const key = replaced.find((code) => code.key !== undefined)?.key;
  const cuts = shape === "one-per-door" ? cutByDoor(merged) : merged.length === 0 ? [] : [merged];
  for (const grants of cuts) {
    // More terms than a code has room for: as many codes as it takes.
    for (let at = 0; at < grants.length; at += GRANTS_PER_CREDENTIAL_MAX) wanted.push({ key, grants: grants.slice(at, at + GRANTS_PER_CREDENTIAL_MAX), secondPin: false, duressPin: false });
  }
  return { wanted, dropped };
}

export function isLimited({ terms }: Pick<CodeGrant, "terms">): boolean {
  return terms.maxUses > 0;
}

function likeIt({ companions, key }: Code, grants: readonly NewGrant[]): NewCredential {
  const has = (...kinds: string[]) => companions.some(({ kind }) => kinds.includes(kind));
  return { key, grants, secondPin: has("second-pin"), duressPin: has("duress-pin", "duress-second-pin") };
}

/** One grant for all doors with the same terms. */
function mergeGrants(grants: readonly NewGrant[]): NewGrant[] {
  const merged = new Map<string, NewGrant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.terms.notBefore, grant.terms.notAfter, sortWindows(grant.terms.windows), grant.outputs, grant.suspended === true]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? grant : { ...known, doors: [...new Set([...known.doors, ...grant.doors])].sort() });
  }
  return [...merged.values()];
}

function cutByDoor(grants: readonly NewGrant[]): NewGrant[][] {
  const doors = [...new Set(grants.flatMap((grant) => grant.doors))].sort();
  return doors.map((door) => grants.filter((grant) => grant.doors.includes(door)).map((grant) => ({ ...grant, doors: [door] })));
}

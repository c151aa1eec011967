/** Who makes a request, once they have proved it. What they may do is for cloud/rules to say. */
export type Actor = SiteActor | MachineActor | AccountActor;

/** Whoever has the site's token: installs the site, adds properties and their first managers. */
export interface SiteActor {
  kind: "site";
}

/** A program with a token of its own: acts as a manager of one property. */
export interface MachineActor {
  kind: "machine";
  token: string;
  property: string;
}

/** A person who has signed in. */
export interface AccountActor {
  kind: "account";
  account: string;
  session: string;
  /** Unix seconds of their last proof of who they are: some acts ask for a recent one. */
  authenticatedAt: number;
}

/** An actor, or an account that is not there to ask: what somebody is told is decided when it is sent (O15). */
export type Party = SiteActor | MachineActor | Pick<AccountActor, "kind" | "account">;

export const SITE: SiteActor = { kind: "site" };

/** The home's own Home Assistant: opens one property's doors from afar where its manager lets it (X13), and does nothing else. */
export interface HomeActor {
  kind: "home";
  property: string;
}

/** How the audit names what nobody has done: the time had come. */
export const UPKEEP = "upkeep";

/** How the audit, grants and revocations name whoever acted. */
export function actorName(actor: Party | HomeActor): string {
  if (actor.kind === "account") return `account/${actor.account}`;
  if (actor.kind === "home") return `home/${actor.property}`;
  return actor.kind === "machine" ? `token/${actor.token}` : "site";
}

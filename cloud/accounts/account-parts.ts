import type { CredentialParts } from "../households/member-access";
import type { InvitationParts } from "../invitations/send-invitation";

/** What accounts work with: messages to them, and the leases that appear once somebody is known (M2). */
export type AccountParts = CredentialParts & InvitationParts;

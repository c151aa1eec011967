import type { DoorLink } from "../doors/door-link";
import type { Certificate } from "../network/certificate";

/** The broker that doors connect to, in this process or elsewhere. */
export interface DoorBroker extends DoorLink {
  /** Of what claimed doors are told to connect to. */
  readonly port: number;
  /** Why doors cannot be reached just now, in words without secrets; undefined: they can. */
  readonly problem?: string | undefined;
  /** How often something was turned away since the start, by reason. */
  readonly refusals?: Readonly<Record<string, number>>;
  /** Connections to this process, and how many of them have not logged in. */
  readonly load?: { open: number; pending: number; loginsWaiting: number };
  /** Whoever is told of what doors say is there: from now on it may come. Resolves once it does, or soon. */
  open?(): Promise<void>;
  /** Doors' logins may have changed. */
  wake?(): void;
  /** For connections from now on, where they are made to this process. */
  useCertificate?(certificate: Certificate): void;
  stop(): Promise<void>;
}

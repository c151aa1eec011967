import { signingContext } from "../../protocol/cose-sign1";
import { signMessage } from "../keys/cose-signing";
import type { SigningKey } from "../keys/signing-key";
import type { SignedBase, SignedDelta } from "./list-payloads";
import type { ListPlan } from "./plan-list";

export interface SignedPlan extends ListPlan {
  base?: SignedBase;
  deltas: { base: number; delta: SignedDelta }[];
}

/** Signs what a plan says. @param door 8 bytes. */
export async function signPlan({ base, withdrawn, deltas }: ListPlan, door: Uint8Array, listKey: SigningKey): Promise<SignedPlan> {
  const [signedBase, ...signedDeltas] = await Promise.all([
    base && signMessage(listKey, base.manifest, signingContext("manifest", door)),
    ...deltas.map(({ delta }) => signMessage(listKey, delta.payload, signingContext("delta", door))),
  ]);
  return {
    ...(base && { base: { ...base, signedManifest: signedBase! } }),
    ...(withdrawn !== undefined && { withdrawn }),
    deltas: deltas.map(({ base, delta }, index) => ({ base, delta: { ...delta, signedDelta: signedDeltas[index] } })),
  };
}

import { keystoreOf, type Keystore } from "../../cloud/keys/keystore";

/** A keystore whose keys are nobody's secret: the same ones each time. */
export function testKeystore(): Keystore {
  const secret = (digit: string) => digit.repeat(64);
  return keystoreOf({ format: "latchkey-keystore/1", site: "05".repeat(8), roots: [secret("9")], threshold: 1, listKey: secret("8"), leaseKey: secret("7"), masterKey: "01".repeat(32) });
}

import type { KeyValue } from "../../firmware/device";
import { forgetCaCertificate, loadCaCertificate, saveCaCertificate } from "../../firmware/enrolment/ca-certificate";
import { loadEnrolment, saveEnrolment, type EnrolmentRecord } from "../../firmware/enrolment/enrolment-record";
import { saveSettings, type Settings } from "../../firmware/enrolment/settings";
import { CLAIM_SECRET_BYTES } from "../../protocol/enrolment";
import { ID_BYTES } from "../../protocol/limits";
import type { VirtualKeyValue } from "../virtual-key-value";

/** Where the firmware keeps what an installer and a claim gave it. */
const DOMAIN = "latchkey";

/** A board's store as somebody sees it who has the board before them. */
export class InstalledStore {
  #keyValue: VirtualKeyValue;

  constructor(keyValue: VirtualKeyValue) {
    this.#keyValue = keyValue;
  }

  /** What the board made up at its first boot. */
  get identity(): { door: Uint8Array; claimSecret: Uint8Array } | undefined {
    const kept = this.#keyValue.peek(DOMAIN, "identity");
    if (kept?.length !== ID_BYTES + CLAIM_SECRET_BYTES) return undefined;
    return { door: kept.slice(0, ID_BYTES), claimSecret: kept.slice(ID_BYTES) };
  }

  /** What the door's claim gave it. */
  get enrolment(): EnrolmentRecord | undefined {
    return loadEnrolment(this.#access());
  }

  /** The CA that an installer gave it, DER. */
  get ca(): Uint8Array | undefined {
    return loadCaCertificate(this.#access());
  }

  /**
   * The installer's part: the address of the cloud and its CA, over the serial console.
   * @param cloud its broker may listen elsewhere than when the door was claimed.
   */
  setUp(cloud: Settings & { brokerPort?: number; ca?: Uint8Array }): void {
    const keyValue = this.#access();
    saveSettings(keyValue, cloud);
    if (cloud.ca === undefined) forgetCaCertificate(keyValue);
    else saveCaCertificate(keyValue, Buffer.from(cloud.ca).toString("base64"));
    const { enrolment } = this;
    if (!enrolment || cloud.brokerPort === undefined || enrolment.login.brokerPort === cloud.brokerPort) return;
    saveEnrolment(keyValue, { ...enrolment, login: { ...enrolment.login, brokerPort: cloud.brokerPort } });
  }

  /** A value as the firmware has it. */
  read(key: string): ArrayBuffer | undefined {
    return this.#keyValue.peek(DOMAIN, key)?.buffer as ArrayBuffer | undefined;
  }

  #access(): KeyValue {
    const keyValue = this.#keyValue;
    return {
      read: (key) => this.read(key),
      write: (key, value) => keyValue.preset(DOMAIN, key, new Uint8Array(value)),
      delete: (key) => keyValue.preset(DOMAIN, key, undefined),
      close: () => {},
    };
  }
}

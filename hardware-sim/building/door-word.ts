import type { EnrolmentRecord } from "../../firmware/enrolment/enrolment-record";
import { decodeDoorState } from "../../protocol/door-state";
import { openReceipt } from "../../protocol/receipt";
import { nodeHashes } from "../xs/host-hashes";
import type { DoorView } from "./door-view";

/** What a door has last said to its cloud of its list and its clock. */
export class DoorWord {
  #said: Pick<DoorView, "list" | "clock"> = {};

  get said(): Pick<DoorView, "list" | "clock"> {
    return this.#said;
  }

  /**
   * Reads over the door's shoulder.
   * @param what the last part of the topic.
   * @param enrolment whose key proves receipts; undefined: nobody has claimed the door.
   */
  heard(what: string, payload: Uint8Array, enrolment: EnrolmentRecord | undefined): void {
    const at = Date.now();
    if (what === "state") {
      this.#said = { ...this.#said, clock: { time: decodeDoorState(payload).time, at } };
    } else if (what === "receipt" && enrolment !== undefined) {
      const { epoch, version, leaseEnd, wallTime } = openReceipt(nodeHashes, enrolment.keys.receipt, payload);
      this.#said = { list: { epoch, version, leaseEnd }, clock: { time: wallTime, at } };
    }
  }
}

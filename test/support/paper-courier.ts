import { readU32 } from "../../protocol/bytes";
import { parseSigned, signingContext } from "../../protocol/cose-sign1";
import { courierKeys, CourierKind, openCourierItem, sealCourierItem, upTopicOf, type CourierHeader } from "../../protocol/courier-item";
import { decodeDelta } from "../../protocol/delta";
import type { Delivery } from "../../protocol/holder-session";
import { decodeKeysetMessage } from "../../protocol/keyset";
import { decodeLease } from "../../protocol/lease";
import { DELTA_BYTES_MAX, LEASE_BYTES_MAX } from "../../protocol/limits";
import type { PhoneHouse } from "./phone-house";
import type { RadioPhone } from "./radio-phone";

/** What a paper cloud's phones carry: its messages sealed for the door, and the door's opened. */
export class PaperCourier {
  readonly #house: PhoneHouse;

  constructor(house: PhoneHouse) {
    this.#house = house;
  }

  /** The items of a bundle, in its order. */
  items(): Uint8Array[] {
    return this.#house.cloud.bundle().map(({ what, payload }) => this.seal(what, payload));
  }

  /** One message for the door. @param header where it shall say something else than what the message is. */
  seal(what: string, payload: Uint8Array, header: Partial<CourierHeader> = {}): Uint8Array {
    const { hashes, cloud } = this.#house;
    return sealCourierItem(hashes, courierKeys(hashes, cloud.keys.courier), { ...this.#headerOf(what, payload), ...header }, payload);
  }

  /** Brings what a phone took along to the cloud. @returns what the cloud answers, sealed for the door. */
  upload({ collected }: Pick<Delivery, "collected">): Uint8Array[] {
    const { hashes, cloud } = this.#house;
    const before = cloud.sent.length;
    for (const item of collected) {
      const { header, message } = openCourierItem(hashes, courierKeys(hashes, cloud.keys.courier), item);
      cloud.hear(upTopicOf(header), message);
    }
    return cloud.sent.slice(before).map(({ what, payload }) => this.seal(what, payload));
  }

  /** A phone hands over what is in the bundle, takes along what there is, and brings it to the cloud at once. */
  visit(holder: RadioPhone, items = this.items()): Delivery {
    const delivery = holder.carries(items);
    this.upload(delivery);
    return delivery;
  }

  #headerOf(what: string, payload: Uint8Array): Omit<CourierHeader, "length"> {
    const { cloud } = this.#house;
    const [object, number] = what.split("/");
    switch (object) {
      case "manifest":
        return { kind: CourierKind.manifest, number: 0, version: cloud.baseVersion };
      case "page":
        return { kind: CourierKind.page, number: Number(number), version: cloud.baseVersion };
      case "delta":
        return { kind: CourierKind.delta, number: Number(number), version: decodeDelta(parseSigned(payload, signingContext("delta", cloud.doorId), DELTA_BYTES_MAX).payload).version };
      case "lease":
        return { kind: CourierKind.lease, number: 0, version: decodeLease(parseSigned(payload, signingContext("lease", cloud.doorId), LEASE_BYTES_MAX).payload).issuedAt };
      case "keyset":
        return { kind: CourierKind.keyset, number: decodeKeysetMessage(payload).keyset.number, version: 0 };
      case "time":
        return { kind: CourierKind.time, number: 0, version: 0 };
      default:
        return { kind: CourierKind.acknowledgement, number: 0, version: readU32(payload, 8) };
    }
  }
}

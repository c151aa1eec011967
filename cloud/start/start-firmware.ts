import { ImageStreams } from "../firmware-images/image-stream";
import { RolloutDesk, type RolloutDeskParts } from "../firmware-images/rollout-desk";
import { ToldFirmware } from "../firmware-images/told-firmware";

/** What of a cloud is about the firmware of doors. */
export interface Firmware {
  told: ToldFirmware;
  rollouts: RolloutDesk;
  images: ImageStreams;
}

export function startFirmware(parts: RolloutDeskParts): Firmware {
  return { told: new ToldFirmware(parts), rollouts: new RolloutDesk(parts), images: new ImageStreams(parts) };
}

/** The trial firmware as a program for XS. */
import { serveFirmware } from "../../hardware-sim/building/engine/guest-device";
import { startTrialFirmware } from "./trial-firmware";

serveFirmware(startTrialFirmware);

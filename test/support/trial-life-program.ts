/** What an XS machine runs in the tests of consoles, watchdogs and image slots. */
import { serveFirmware } from "../../hardware-sim/building/engine/guest-device";
import { startTrialLife } from "./trial-life";

serveFirmware(startTrialLife);

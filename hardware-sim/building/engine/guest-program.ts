/** The real firmware as a program for XS. */
import { startController } from "../../../firmware/controller";
import { serveFirmware } from "./guest-device";

serveFirmware((device) => {
  startController(device);
});

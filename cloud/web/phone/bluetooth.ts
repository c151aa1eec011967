import { useEffect, useState } from "preact/hooks";
import { webBluetooth } from "../../../phone/browser/web-bluetooth";

/** Whether pages can use Bluetooth here. `none`: this browser has none for pages. `off`: it is switched off, or there is no adapter. */
export type BluetoothState = "unknown" | "none" | "off" | "ready";

export function useBluetooth(): BluetoothState {
  const bluetooth = webBluetooth();
  const [state, setState] = useState<BluetoothState>(bluetooth === undefined ? "none" : "unknown");
  useEffect(() => {
    if (bluetooth === undefined) return;
    const look = (): void => void bluetooth.getAvailability().then((available) => setState(available ? "ready" : "off"), () => setState("off"));
    look();
    const events = bluetooth as Partial<EventTarget>;
    events.addEventListener?.("availabilitychanged", look);
    return () => events.removeEventListener?.("availabilitychanged", look);
  }, []);
  return state;
}

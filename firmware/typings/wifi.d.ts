/** Wi-Fi of the Moddable SDK (modules/io/wifi), which @moddable/typings 5.6.0 does not know. */
declare module "embedded:network/interface/wifi" {
  class WiFi {
    constructor(options: { onChanged?: (property: "connection" | "address") => void });
    connect(options: { SSID: string; password?: string }): void;
    close(): void;
    /** 200 idle, 300 connecting, 400 linked without address, 500 ready. */
    readonly connection: number;
    readonly address: string | undefined;
  }
  export default WiFi;
}

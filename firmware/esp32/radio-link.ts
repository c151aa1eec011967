/** The connections under the SDK's GATT server; its C part is radio-link.c beside this file, which says why. */
export class RadioLink {
  /** Ends a connection of that server; `onDisconnect` follows. */
  static end(connection: object): void {
    return native("xs_latchkey_radio_end").call(this, connection) as void;
  }
  /** Whether the board is on the air now. */
  static advertises(): boolean {
    return native("xs_latchkey_radio_advertises").call(this) as boolean;
  }
}

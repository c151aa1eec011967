/** The connections under the SDK's GATT server; its C part is radio-link.c beside this file, which says why. */
export class RadioLink {
  /** Once, when that server is ready and before the board is on the air. */
  static begin(): void {
    return native("xs_latchkey_radio_begin").call(this) as void;
  }
  /** For each connection that is heard of. */
  static known(): void {
    return native("xs_latchkey_radio_known").call(this) as void;
  }
  /** Ends a connection of that server; `onDisconnect` follows. */
  static end(connection: object): void {
    return native("xs_latchkey_radio_end").call(this, connection) as void;
  }
  /** Whether the board is on the air now. */
  static advertises(): boolean {
    return native("xs_latchkey_radio_advertises").call(this) as boolean;
  }
}

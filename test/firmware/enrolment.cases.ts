import { startController } from "../../firmware/controller";
import { loadSettings, saveSettings } from "../../firmware/enrolment/settings";
import type { KeyValue } from "../../firmware/device";
import { PowerSupply } from "../../hardware-sim/power-supply";
import { VirtualBoard } from "../../hardware-sim/virtual-board";
import { VirtualClock } from "../../hardware-sim/virtual-clock";
import { VirtualKeyValue } from "../../hardware-sim/virtual-key-value";
import { VirtualNetwork } from "../../hardware-sim/virtual-network";
import { ascii } from "../../protocol/bytes";
import { decodeClaim, decodeHello, encodeGrant, encodeWelcome, type ClaimContext } from "../../protocol/enrolment";
import type { Hashes } from "../../protocol/hashes";
import type { Cases } from "../support/cases";
import { Mint, testKey } from "../support/mint";

const LOGIN = { enrolment: 1, password: ascii("a-password-of-a-door"), brokerHost: new Uint8Array(0), brokerPort: 1_883 };

/** A board whose claims a test answers. */
class Claiming {
  readonly clock = new VirtualClock();
  readonly network = new VirtualNetwork(this.clock);
  readonly board: VirtualBoard;
  readonly mint: Mint;
  /** What each welcome brings, in turn; the last goes on. */
  readonly keysets: Uint8Array[];
  readonly requests: string[] = [];
  /** Takes requests and never answers. */
  silent = false;
  readonly #hashes: Hashes;
  #context!: ClaimContext;

  constructor(hashes: Hashes, keysets: (mint: Mint) => Uint8Array[]) {
    this.#hashes = hashes;
    this.mint = new Mint(hashes);
    this.keysets = keysets(this.mint);
    this.network.respond = ({ path, body }, reply) => {
      this.requests.push(path);
      if (!this.silent) reply({ status: 200, body: path === "/enrol/hello" ? this.#welcome(body) : this.#grant(body) });
    };
    this.board = new VirtualBoard({ clock: this.clock, network: this.network.plug(), hashes });
    this.board.keyValue.preset("latchkey", "cloud", ascii("cloud.example:80"));
    this.board.start((device) => void startController(device));
  }

  traced(line: string): number {
    return this.board.trace.filter((traced) => traced.line === line).length;
  }

  get #secret(): Uint8Array {
    return this.board.keyValue.peek("latchkey", "identity")!.slice(8);
  }

  #welcome(body: Uint8Array): Uint8Array {
    const keyset = this.keysets.length > 1 ? this.keysets.shift()! : this.keysets[0];
    this.#context = { ...decodeHello(body), cloudNonce: new Uint8Array(16).fill(this.requests.length), site: this.mint.site, keysets: [keyset] };
    return encodeWelcome(this.#hashes, this.#secret, this.#context);
  }

  #grant(body: Uint8Array): Uint8Array {
    return encodeGrant(this.#hashes, this.#secret, this.#context, decodeClaim(body).sealedDoorKey, LOGIN);
  }
}

export const cases: Cases = {
  "enrolment: keysets that do not verify are refused, the board goes on, and a later answer claims it": (assert, { hashes }) => {
    const house = new Claiming(hashes, (mint) => [mint.keyset(1, {}, [testKey(9)]), mint.keyset(2), mint.keyset()]);
    house.clock.advance(60_000);
    assert.is(house.traced("claim refused: wrong-key"), 1);
    assert.is(house.traced("claim refused: wrong-keyset-number"), 1);
    assert.is(house.traced("claimed"), 1);
    assert.is(house.board.boots, 1);
    assert.is(house.board.keyValue.peek("latchkey", "claim"), undefined);
  },

  "enrolment: a server that takes the request and stays silent is asked again": (assert, { hashes }) => {
    const house = new Claiming(hashes, (mint) => [mint.keyset()]);
    house.silent = true;
    house.clock.advance(100_000);
    assert.deepEqual(house.requests, ["/enrol/hello", "/enrol/hello", "/enrol/hello"]);
    house.silent = false;
    house.clock.advance(60_000);
    assert.is(house.traced("claimed"), 1);
  },

  "settings: a host and a port, and nothing else": (assert) => {
    const keyValue: KeyValue = new VirtualKeyValue(new PowerSupply()).open("latchkey");
    assert.is(loadSettings(keyValue), undefined);
    for (const cloudHost of ["", "a b", "a/b", "a:1", "é", "x".repeat(129)]) assert.false(saveSettings(keyValue, { cloudHost, cloudPort: 80 }), cloudHost);
    for (const cloudPort of [0, 65_536, 1.5, -1, Number.NaN]) assert.false(saveSettings(keyValue, { cloudHost: "cloud.example", cloudPort }), String(cloudPort));
    assert.is(loadSettings(keyValue), undefined);
    assert.true(saveSettings(keyValue, { cloudHost: "cloud.example", cloudPort: 65_535 }));
    assert.deepEqual(loadSettings(keyValue), { cloudHost: "cloud.example", cloudPort: 65_535 });
    for (const text of ["cloud.example", ":80", "cloud.example:", "cloud.example:80:80", "cloud.example:eighty"]) {
      keyValue.write("cloud", ascii(text));
      assert.is(loadSettings(keyValue), undefined, text);
    }
  },
};

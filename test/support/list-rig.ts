import { lookUp } from "../../protocol/access-list";
import type { Hashes } from "../../protocol/hashes";
import { CredentialKind } from "../../protocol/credential";
import { AccessListStore } from "../../firmware/access-list/access-list-store";
import { KeysetStore } from "../../firmware/trust/keyset-store";
import { LeaseStore } from "../../firmware/trust/lease-store";
import { commitSector, COMMIT_SECTORS } from "../../firmware/flash-layout";
import { ListUpdater } from "../../firmware/access-list/list-updater";
import type { Verifier } from "../../firmware/trust/signature-check";
import { runToEnd, type Work } from "../../firmware/work-queue";
import { PowerSupply } from "../../hardware-sim/power-supply";
import { VirtualFlash, type FlashSnapshot } from "../../hardware-sim/virtual-flash";
import { VirtualKeyValue, type KeyValueSnapshot } from "../../hardware-sim/virtual-key-value";
import { Mint, type MintedSnapshot } from "./mint";

export interface ListRigOptions {
  hashes: Hashes;
  encrypted?: boolean;
  verifySignature?: NonNullable<Verifier["verifySignature"]>;
  mint?: Mint;
}

/** The flash that lists take, without the event log's. */
const BLOCKS = commitSector(COMMIT_SECTORS);

/** The part of a controller that keeps lists, keysets and leases, on virtual flash that can lose its power. */
export class ListRig {
  readonly mint: Mint;
  readonly supply = new PowerSupply();
  readonly flash: VirtualFlash;
  readonly keyValue: VirtualKeyValue;
  readonly device: Verifier;
  /** What the callbacks heard since the rig was made. */
  readonly activations: string[] = [];
  readonly floors: number[] = [];
  /** A test's own ear, in the slice of a commit. */
  onActivated: () => void = () => {};
  store!: AccessListStore;
  keysets!: KeysetStore;
  leases!: LeaseStore;
  updater!: ListUpdater;

  constructor({ hashes, encrypted = false, verifySignature, mint = new Mint(hashes) }: ListRigOptions) {
    this.mint = mint;
    this.device = verifySignature === undefined ? { hashes } : { hashes, verifySignature };
    this.flash = new VirtualFlash({ blocks: BLOCKS, encrypted, supply: this.supply });
    this.keyValue = new VirtualKeyValue(this.supply);
    this.boot();
  }

  /** As the controller starts, after a cut too; the first work runs as well. */
  boot(): void {
    this.start();
    this.run(this.updater.resume());
  }

  /** Boots without the first work. */
  start(): void {
    this.supply.restore();
    const { device, flash, mint } = this;
    const keyValue = this.keyValue.open("latchkey");
    this.store = new AccessListStore({ flash, keyValue, hashes: device.hashes });
    this.keysets = new KeysetStore({
      keyValue,
      device,
      onAccepted: ({ issuedAt }) => {
        this.leases.end();
        this.floors.push(issuedAt);
      },
    });
    this.leases = new LeaseStore({ keyValue, doorId: mint.door, keysets: this.keysets, store: this.store, onAccepted: ({ issuedAt }) => this.floors.push(issuedAt) });
    this.updater = new ListUpdater({
      device,
      store: this.store,
      keysets: this.keysets,
      doorId: mint.door,
      onActivated: ({ epoch, version }) => {
        this.activations.push(`${epoch}.${version}`);
        this.onActivated();
      },
    });
  }

  run(work: Work): void {
    runToEnd(work);
  }

  claim(): void {
    this.run(this.keysets.adoptFirst([this.mint.keyset()]));
  }

  /** Sends a snapshot as the cloud does: the manifest, then whatever page is asked for. */
  fetch(snapshot: MintedSnapshot): void {
    this.run(this.updater.receiveManifest(snapshot.message));
    this.sendPages(snapshot);
  }

  sendPages(snapshot: MintedSnapshot): void {
    for (let page = this.neededPage(); page !== undefined; page = this.neededPage()) this.run(this.updater.receivePage(page, snapshot.pages[page]));
  }

  neededPage(): number | undefined {
    return this.updater.nextNeed()?.page?.number;
  }

  /** A delta with the base that its topic names. */
  apply(base: MintedSnapshot, delta: Uint8Array): void {
    this.run(this.updater.receiveDelta(base.manifest.version, delta));
  }

  /** Whether the active list has a row for a PIN. */
  knows(pin: string): boolean {
    return this.knowsTag(this.mint.tag(CredentialKind.pin, pin));
  }

  knowsTag(tag: Uint8Array): boolean {
    const active = this.store.active;
    return active !== undefined && lookUp(active.list, tag, CredentialKind.pin).length > 0;
  }

  /** "epoch.version" of the active list, or "none". */
  get active(): string {
    const active = this.store.active;
    return active === undefined ? "none" : `${active.epoch}.${active.version}`;
  }

  memory(): { flash: FlashSnapshot; keyValue: KeyValueSnapshot } {
    return { flash: this.flash.snapshot(), keyValue: this.keyValue.snapshot() };
  }

  restore({ flash, keyValue }: { flash?: FlashSnapshot; keyValue?: KeyValueSnapshot }): void {
    if (flash !== undefined) this.flash.restore(flash);
    if (keyValue !== undefined) this.keyValue.restore(keyValue);
  }
}

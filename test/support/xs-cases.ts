import { join } from "node:path";
import { hostBlockCipher } from "../../hardware-sim/xs/host-block-cipher";
import { hostHashes } from "../../hardware-sim/xs/host-hashes";
import { bundleForXs } from "../../hardware-sim/xs/xs-bundle";
import { XsProgram } from "../../hardware-sim/xs/xs-program";
import { readVectors } from "../vectors";

/** One case file in one XS engine, which starts when the first case is asked for. */
export class XsCases {
  private program: Promise<XsProgram> | undefined;

  /** @param file path of a *.cases.ts without its extension. */
  constructor(private readonly file: string) {}

  /** Throws what the case threw. */
  async run(title: string): Promise<void> {
    this.program ??= this.start();
    await (await this.program).call("run", Buffer.from(title, "utf8"));
  }

  async close(): Promise<void> {
    // An engine that did not start has told every case so.
    await this.program?.then((program) => program.close(), () => {});
  }

  private async start(): Promise<XsProgram> {
    const bundle = await bundleForXs({
      source: `
        import { serveCases } from ${JSON.stringify(join(__dirname, "case-runner"))};
        import { cases } from ${JSON.stringify(this.file)};
        serveCases(cases);`,
      folder: __dirname,
    });
    const vectors = (path: Uint8Array): Uint8Array => Buffer.from(readVectors(Buffer.from(path).toString("utf8")) ?? "", "utf8");
    return XsProgram.start(bundle, { ...hostHashes, ...hostBlockCipher, vectors });
  }
}

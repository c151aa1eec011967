import { equalBytes } from "../../protocol/bytes";
import type { FirmwareImage } from "../../protocol/firmware-image";
import { PAGE_BYTES } from "../../protocol/limits";
import type { Device, HttpClient, HttpRequest, ImageWriter, TimerHandle } from "../device";
import { DOWNLOAD_QUEUE_RETRY_MS, HTTP_ANSWER_MS } from "../limits";
import type { Work, WorkQueue } from "../work-queue";

/** whole: written, and the hash is right. broken-off: the network's fault. wrong: what came is not the image. */
export type DownloadEnd = "whole" | "broken-off" | "wrong";

export interface ImageDownloadOptions {
  device: Pick<Device, "network" | "hashes" | "timer">;
  queue: Pick<WorkQueue, "add">;
  host: string;
  port: number;
  path: string;
  image: FirmwareImage;
  /** Fresh from `begin`; completed by whoever hears "whole", aborted here otherwise. */
  writer: ImageWriter;
  onEnd(end: DownloadEnd): void;
}

const HASH_BYTES = 32;

/**
 * One GET of an image over the board's HTTP client, page by page into the slot that does not run: never more than one
 * page of it is in RAM, and pages are hashed and written in slices, while the network waits.
 */
export class ImageDownload {
  readonly #options: ImageDownloadOptions;
  readonly #client: HttpClient;
  /** The hash of the pages before ‖ the page that is filling. */
  readonly #buffer = new Uint8Array(HASH_BYTES + PAGE_BYTES);
  #filled = 0;
  #received = 0;
  #request: HttpRequest | undefined;
  #draining = false;
  #answered = false;
  #ended = false;
  #patience: TimerHandle | undefined;

  constructor(options: ImageDownloadOptions) {
    this.#options = options;
    const { device, host, port, path } = options;
    const provider = device.network.http;
    const download = this;
    this.#client = new provider.io({ ...provider, host, port, onError: () => this.#end("broken-off") });
    this.#wait();
    this.#client.request({
      method: "GET",
      path,
      headers: new Map(),
      onHeaders(status, headers) {
        download.#head(status, headers);
      },
      onReadable() {
        download.#request = this;
        download.#drainSoon();
      },
      onDone(error) {
        if (error) return download.#end("broken-off");
        download.#answered = true;
        download.#drainSoon();
      },
    });
  }

  /** Gives up; nobody hears of it. */
  cancel(): void {
    if (this.#ended) return;
    this.#close();
    this.#options.writer.abort();
  }

  #head(status: number, headers: Map<string, string>): void {
    const length = headers.get("content-length");
    if (status !== 200) this.#end("broken-off");
    else if (length !== undefined && Number(length) !== this.#options.image.size) this.#end("wrong");
  }

  #drainSoon(): void {
    if (this.#draining || this.#ended) return;
    this.#draining = this.#options.queue.add(this.#drain());
    // Full of other work: what has come waits in the socket.
    if (!this.#draining) this.#options.device.timer.set(() => this.#drainSoon(), DOWNLOAD_QUEUE_RETRY_MS);
  }

  /** Takes what has come, one page a slice. */
  *#drain(): Work {
    while (!this.#ended) {
      // A request that is done has been read to its end, and may not be touched again.
      const part = this.#answered ? undefined : this.#request?.read(PAGE_BYTES - this.#filled);
      if (part === undefined || part.byteLength === 0) break;
      this.#wait();
      if (this.#received + part.byteLength > this.#options.image.size) {
        this.#end("wrong");
        break;
      }
      this.#buffer.set(new Uint8Array(part), HASH_BYTES + this.#filled);
      this.#filled += part.byteLength;
      this.#received += part.byteLength;
      if (this.#filled < PAGE_BYTES) continue;
      this.#takePage();
      yield;
    }
    this.#draining = false;
    if (!this.#answered || this.#ended) return;
    if (this.#filled > 0) this.#takePage();
    const { image } = this.#options;
    const right = this.#received === image.size && equalBytes(this.#buffer.subarray(0, HASH_BYTES), image.hash);
    // An answer that ended early is the network's fault, unless it said that this is all.
    this.#end(right ? "whole" : "wrong");
  }

  #takePage(): void {
    const { device, writer } = this.#options;
    const chained = this.#buffer.subarray(0, HASH_BYTES + this.#filled);
    const hash = device.hashes.sha256(chained);
    writer.write(chained.subarray(HASH_BYTES));
    this.#buffer.set(hash);
    this.#filled = 0;
  }

  /** A server that stays silent is given up. */
  #wait(): void {
    const { timer } = this.#options.device;
    if (this.#patience !== undefined) timer.clear(this.#patience);
    this.#patience = timer.set(() => {
      this.#patience = undefined;
      this.#end("broken-off");
    }, HTTP_ANSWER_MS);
  }

  #end(end: DownloadEnd): void {
    if (this.#ended) return;
    this.#close();
    if (end !== "whole") this.#options.writer.abort();
    this.#options.onEnd(end);
  }

  #close(): void {
    this.#ended = true;
    if (this.#patience !== undefined) this.#options.device.timer.clear(this.#patience);
    this.#patience = undefined;
    this.#client.close();
  }
}

import type { Device } from "../device";
import { HTTP_ANSWER_MS } from "../limits";

/** A finished POST: the status, and the body unless it was larger than asked for; status 0 = no answer. */
export interface HttpAnswer {
  status: number;
  body: Uint8Array | undefined;
}

/**
 * One POST of CBOR over the board's HTTP client (ECMA-419 §15); the connection closes afterwards.
 * @param maximum bytes of the answer's body; what is longer is dropped unread.
 * @param onAnswer called once, in HTTP_ANSWER_MS at the latest: the client itself waits for ever.
 */
export function httpPost(device: Device, target: { host: string; port: number; path: string }, body: Uint8Array, maximum: number, onAnswer: (answer: HttpAnswer) => void): void {
  const provider = device.network.http;
  let status = 0;
  let answer: Uint8Array | undefined = new Uint8Array(0);
  let finished = false;
  let sent = 0;

  const finish = (result: HttpAnswer): void => {
    if (finished) return;
    finished = true;
    device.timer.clear(timeout);
    client.close();
    onAnswer(result);
  };
  const client = new provider.io({ ...provider, host: target.host, port: target.port, onError: () => finish({ status: 0, body: undefined }) });
  const timeout = device.timer.set(() => finish({ status: 0, body: undefined }), HTTP_ANSWER_MS);
  client.request({
    method: "POST",
    path: target.path,
    headers: new Map([
      ["content-type", "application/cbor"],
      ["content-length", String(body.length)],
    ]),
    onWritable(count) {
      const part = body.slice(sent, sent + count);
      sent += part.length;
      if (part.length > 0) this.write(part);
    },
    onHeaders(code) {
      status = code;
    },
    onReadable(count) {
      const part = this.read(count);
      if (part === undefined || answer === undefined) return;
      answer = answer.length + part.byteLength > maximum ? undefined : append(answer, new Uint8Array(part));
    },
    onDone(error) {
      finish(error ? { status: 0, body: undefined } : { status, body: answer });
    },
  });
}

function append(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

// SPDX-License-Identifier: Apache-2.0
// The framing that QEMU's monitor and its guest agent share: one JSON object a line, in chunks that end anywhere.

const NEWLINE = 0x0a;
/** The agent caps what one command printed at 16 MiB, and sends it as base64, standard output and error. */
const LINE_BYTES_MAX = 48 * 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

export class JsonLines {
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** The objects whose lines ended in this chunk. Throws at a line that is no object, or has no end. */
  feed(chunk: Buffer): readonly JsonObject[] {
    const found: JsonObject[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...this.#rest, chunk.subarray(from, end)]).toString('utf8');
      this.#rest = [];
      this.#restBytes = 0;
      from = end + 1;
      if (line.trim() !== '') found.push(parseObject(line));
    }
    this.#keep(chunk.subarray(from));
    return found;
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#restBytes += rest.length;
    if (this.#restBytes > LINE_BYTES_MAX) throw new Error(`a line of more than ${LINE_BYTES_MAX} bytes`);
    this.#rest.push(rest);
  }
}

export function formatLine(value: JsonObject): string {
  return `${JSON.stringify(value)}\n`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(line: string): JsonObject {
  const value: unknown = JSON.parse(line);
  if (!isObject(value)) throw new Error(`no JSON object: ${line.slice(0, 200)}`);
  return value;
}

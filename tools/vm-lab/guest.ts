// SPDX-License-Identifier: Apache-2.0
// Commands in the VM, by the agent that QEMU brings for its guests (qemu-guest-agent), over a serial port that needs no network.
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type JsonObject } from './json-lines.ts';
import { JsonLink } from './json-link.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunChoices {
  /** What the command reads. */
  readonly input?: Buffer;
  readonly timeoutMs?: number;
}

/** The emulated processor is some fifty times slower than this machine's, and shares it. */
const ANSWER_MS = 120_000;
const RUN_MS = 180_000;
const PING_MS = 5_000;
const LOOK_AGAIN_MS = 100;
const PIECE_BYTES = 1024 * 1024;

export class Guest {
  readonly #path: string;
  #link: JsonLink | null = null;

  /** `path`: the socket at QEMU's end of the serial port. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when the agent answers: nobody reads the port while the VM boots, and one that was woken up must see that somebody has come anew. */
  async answers(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      try {
        this.leave();
        this.#link = await JsonLink.connect(this.#path, PING_MS);
        await this.#link.request('guest-ping', {}, PING_MS);
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  leave(): void {
    this.#link?.close();
    this.#link = null;
  }

  /** A bash script, as root, until it ends by itself: what is to stay is started by systemd-run. Throws when it takes too long, and leaves it running. */
  async run(script: string, { input, timeoutMs = RUN_MS }: RunChoices = {}): Promise<Ran> {
    const end = performance.now() + timeoutMs;
    const command = { path: '/bin/bash', arg: ['-c', script], 'capture-output': true };
    const given = input === undefined ? command : { ...command, 'input-data': input.toString('base64') };
    const { pid } = await this.#ask('guest-exec', given);
    for (;;) {
      const status = await this.#ask('guest-exec-status', { pid });
      if (status['exited'] === true) return toRan(status);
      if (performance.now() > end) throw new Error(`not done in ${timeoutMs} ms: ${script}`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  async copyIn(bytes: Buffer, path: string): Promise<void> {
    for (let at = 0; at === 0 || at < bytes.length; at += PIECE_BYTES) {
      const input = bytes.subarray(at, at + PIECE_BYTES);
      const { code, stderr } = await this.run(`cat ${at === 0 ? '>' : '>>'} '${path}'`, { input });
      if (code !== 0) throw new Error(`${path}: ${stderr}`);
    }
  }

  /** A VM that was woken up has the time of its sleep. */
  async setTime(milliseconds: number): Promise<void> {
    await this.#ask('guest-set-time', { time: milliseconds * 1_000_000 });
  }

  async #ask(execute: string, given: JsonObject): Promise<JsonObject> {
    if (this.#link === null) throw new Error('nobody has asked for the agent yet');
    const answer = await this.#link.request(execute, given, ANSWER_MS);
    if (!isObject(answer)) throw new Error(`${execute}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

function toRan(status: JsonObject): Ran {
  if (status['out-truncated'] === true || status['err-truncated'] === true) throw new Error('it printed too much');
  const text = (bytes: unknown): string => (typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString() : '');
  const { exitcode, 'out-data': out, 'err-data': err } = status;
  return { code: typeof exitcode === 'number' ? exitcode : null, stdout: text(out), stderr: text(err) };
}

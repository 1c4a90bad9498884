// SPDX-License-Identifier: Apache-2.0
// For tests: a stand-in of the gate's end of the socket, which says what a test has it say and keeps what it was told.
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { once, EventEmitter } from 'node:events';
import { gateConfigurationSchema, gateOrderSchema, type GateConfiguration } from '@lazaret/contract';
import { HOST } from '@lazaret/host';
import type { Link } from '@lazaret/host/ports';

export interface TestGate {
  /** Configurations in their order; each is answered by `configured`, with the mount that stands for all. */
  readonly configurations: readonly GateConfiguration[];
  /** Inodes of the files that it was told to deny. */
  readonly denied: readonly number[];
  /** Numbers that it was told are done, in their order. */
  readonly done: readonly number[];
  /** The configuration of that place in the order, once it has come. */
  configuration(index: number): Promise<GateConfiguration>;
  denial(): Promise<number>;
  /** Resolves when so many are done. */
  doneCount(count: number): Promise<void>;
  say(message: object, descriptor?: number): Promise<void>;
  /** The gate dies: the agent's link breaks. */
  breakLink(): void;
  close(): void;
}

export const TEST_STATS = {
  opens: 5,
  cacheHits: 4,
  ignoreMarks: 0,
  misses: 1,
  outOfScope: 0,
  own: 0,
  detections: 0,
  letThrough: { deadline: 0 },
  overload: 0,
  scanMs: 1,
  waiting: 0,
  cacheEntries: 1,
  exceptions: [],
};

export function testGate(path: string, mode: 'permission' | 'notification' = 'permission'): TestGate {
  const told = new EventEmitter();
  const configurations: GateConfiguration[] = [];
  const denied: number[] = [];
  const done: number[] = [];
  let link: Link | null = null;
  const send = async (message: object, descriptors: readonly number[] = []): Promise<void> => {
    await link?.send(Buffer.from(JSON.stringify(message)), descriptors);
  };
  const receive = (bytes: Buffer, [descriptor = -1]: readonly number[]): void => {
    const order = gateOrderSchema.parse(JSON.parse(bytes.toString()));
    if (order.type === 'stats') return void send({ type: 'stats', ...TEST_STATS });
    if (order.type === 'done') {
      done.push(...order.numbers);
      return void told.emit('done');
    }
    if (order.type === 'deny') denied.push(fstatSync(descriptor).ino);
    else {
      const configuration = gateConfigurationSchema.parse(
        JSON.parse(readFileSync(`/proc/self/fd/${descriptor}`, 'utf8')),
      );
      configurations.push(configuration);
      const watching = configuration.active ? [{ mountPoint: '/srv', fileSystemType: 'ext4', device: '8:1' }] : [];
      void send({ type: 'configured', generation: configuration.generation, watching, notCovered: [] });
    }
    closeSync(descriptor);
    told.emit(order.type);
  };
  const listening = HOST.sockets.listen(path, { kind: 'seqpacket', mode: 0o600 }, (open) => {
    link = open({ onMessage: receive, onEnd: () => {} });
    void send({
      type: 'hello',
      protocol: 1,
      pid: process.pid,
      mode,
      reason: mode === 'permission' ? null : 'a container',
      kernel: { preAccess: true, closeWrite: true },
    });
  });
  const at = async <T>(list: readonly T[], index: number, event: string): Promise<T> => {
    for (;;) {
      const one = list[index];
      if (one !== undefined) return one;
      await once(told, event);
    }
  };
  return {
    configurations,
    denied,
    done,
    configuration: (index) => at(configurations, index, 'configure'),
    denial: () => at(denied, 0, 'deny'),
    doneCount: async (count) => void (await at(done, count - 1, 'done')),
    say: (message, descriptor) => send(message, descriptor === undefined ? [] : [descriptor]),
    breakLink: () => link?.close(),
    close: () => {
      link?.close();
      listening.close();
    },
  };
}

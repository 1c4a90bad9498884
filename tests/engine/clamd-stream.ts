// SPDX-License-Identifier: Apache-2.0
// For tests: clamd's protocol over an engine, and its INSTREAM.
import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { HOST } from '@lazaret/host';
import { systemClock } from '@lazaret/platform';
import { serveClamd } from '../../packages/agent/src/clamd/index.ts';
import type { EngineScan } from '../../packages/agent/src/engine/index.ts';
import type { Bench } from './bench.ts';

const DOOR = join(import.meta.dirname, '../../.build/native/bin/lazaret-clamd-door');

/** The path of its socket. */
export function serveEngine(t: TestContext, { engine, directory }: Bench, request: EngineScan): string {
  const socket = join(directory, 'clamd', 'c');
  const spoolDirectory = join(directory, 'spool');
  mkdirSync(spoolDirectory, { mode: 0o700 });
  const clamd = serveClamd(socket, {
    files: HOST.files,
    sockets: HOST.sockets,
    scan: (file) => engine.scan(file, request),
    reload: () => Promise.resolve(),
    version: () => 'a test',
    partly: () => 'ok',
    clock: systemClock,
    doorProgram: DOOR,
    spoolDirectory,
  });
  t.after(() => clamd.close());
  return socket;
}

/** What clamd answers to the bytes. */
export function stream(socket: string, bytes: Buffer): Promise<string> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let said = '';
    connection.on('data', (chunk) => (said += chunk.toString()));
    connection.on('close', () => resolve(said.replaceAll('\0', '')));
    connection.on('error', reject);
    connection.write(Buffer.concat([Buffer.from('zINSTREAM\0'), length, bytes, Buffer.alloc(4)]));
  });
}

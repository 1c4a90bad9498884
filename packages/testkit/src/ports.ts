// SPDX-License-Identifier: Apache-2.0
// TCP ports for tests that run at the same time. Owns: one abstract Unix socket per port, held until the process ends, so that no two tests of this
// machine are given the same one. The ports lie below the kernel's ephemeral range (32768 on), so no outgoing connection takes one either.
import { randomInt } from 'node:crypto';
import { createServer, type ListenOptions } from 'node:net';

const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 200;

/** A TCP port that nothing listens on and that no other test is given while this process lives. Throws when none is found in 200 tries. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(FIRST, LAST);
    if (!(await listens({ path: `\0lazaret-test-port-${port}` }, 'keep'))) continue;
    if (await listens({ port, host: '::' }, 'close')) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST} in ${TRIES} tries`);
}

/** Whether it could listen there. What is kept does not keep the process alive. */
async function listens(where: ListenOptions, then: 'keep' | 'close'): Promise<boolean> {
  const server = createServer().unref();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen(where, () => resolve(true));
  const listening = await promise;
  if (listening && then === 'close') await new Promise((closed) => server.close(closed));
  return listening;
}

// SPDX-License-Identifier: Apache-2.0
// For tests: Debian's own clamd beside the product, with signatures of the test's own and as an ordinary user, and clients of both.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { MARKER_NAMES, MARKER_ONE, MARKER_TWO } from './clamd-forms.ts';
import { collect, makeProduct, until, type Product, type Ran } from './product.ts';
import { PROGRAMS } from './places.ts';

/** Nobody's: the clients', and of Debian's clamd, so that it may read what its clients may. */
export const CLIENT = 65_533;

const ASK = join(PROGRAMS, 'clamd-ask.py');

interface Test {
  after(work: () => void | Promise<void>): void;
}

/** Answers its socket. `signatures`: a directory of them. */
async function startDebianClamd(t: Test, signatures: string): Promise<string> {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const own = join(directory, 'own');
  mkdirSync(own);
  chownSync(own, CLIENT, CLIENT);
  const socket = join(own, 'clamd.sock');
  const [configuration, log] = [join(directory, 'clamd.conf'), join(own, 'log')];
  writeFileSync(
    configuration,
    `LocalSocket ${socket}\nDatabaseDirectory ${signatures}\nForeground yes\nTemporaryDirectory ${own}\nLogFile ${log}\n`,
  );
  const clamd = spawn('/usr/sbin/clamd', ['--config-file', configuration], {
    cwd: '/',
    uid: CLIENT,
    gid: CLIENT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  t.after(async () => {
    clamd.kill('SIGKILL');
    if (clamd.exitCode === null && clamd.signalCode === null) await once(clamd, 'exit');
  });
  const isUp = (): boolean => {
    if (clamd.exitCode !== null) throw new Error(`Debian's clamd ended: ${readFileSync(log, 'utf8')}`);
    return readLog(log).includes('Self checking');
  };
  await until(isUp, "Debian's clamd is up", 120_000);
  return socket;
}

export interface Servers {
  readonly product: Product;
  readonly debian: string;
}

/** Both with the signatures of the two markers, and their files where the clients may go. */
export async function startBoth(t: Test): Promise<Servers> {
  const product = makeProduct(t);
  chmodSync(join(product.directory, '..'), 0o755);
  const signatures = join(product.directory, '..', 'signatures');
  mkdirSync(signatures);
  writeFileSync(join(signatures, 'markers.ndb'), MARKER_NAMES.map(signatureOf).join(''));
  await product.agent(product.writePolicy({}));
  assert.equal((await product.lazaret('patterns', 'load', signatures)).code, 0);
  return { product, debian: await startDebianClamd(t, signatures) };
}

function signatureOf(name: string, index: number): string {
  return `${name}:0:*:${Buffer.from(index === 0 ? MARKER_ONE : MARKER_TWO).toString('hex')}\n`;
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export interface Step {
  readonly send: Buffer;
  /** Files to open and to pass with it, with the flags of open(2). */
  readonly pass?: readonly (readonly [string, number])[];
}

export interface Question {
  readonly steps: readonly Step[];
  /** Whether the client's direction stays open behind the last step. */
  readonly says: 'more' | 'no more';
  /** Seconds until it is held for open. */
  readonly waits: number;
}

export interface Heard {
  readonly answer: Buffer;
  readonly closed: boolean;
}

/** The answers, in the order of the questions. */
export async function askClamd(socket: string, questions: readonly Question[]): Promise<readonly Heard[]> {
  const client = spawn('/usr/bin/python3', [ASK, socket], {
    uid: CLIENT,
    gid: CLIENT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = questions.map(({ steps, says, waits }) =>
    JSON.stringify({ steps: steps.map(({ send, pass }) => ({ send: send.toString('hex'), pass })), says, waits }),
  );
  client.stdin.end(`${lines.join('\n')}\n`);
  const { stdout } = await collect(client);
  const heard = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { answer: string; closed: boolean });
  return heard.map(({ answer, closed }) => ({ answer: Buffer.from(answer, 'hex'), closed }));
}

/** Debian's clamdscan, as the clients' user. */
export async function clamdscan(t: Test, socket: string, ...argv: string[]): Promise<Ran> {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const configuration = join(directory, 'clamd.conf');
  writeFileSync(configuration, `LocalSocket ${socket}\n`);
  const options = { uid: CLIENT, gid: CLIENT, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] } as const;
  return await collect(
    spawn('/usr/bin/clamdscan', ['-c', configuration, ...argv], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

// SPDX-License-Identifier: Apache-2.0
// LM-8 with a real network drive: sshfs, from a server of this test on loopback. What lies there is never scanned, by whatever path, and that is said.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { eicar, freePort, temporaryDirectory } from '@lazaret/testkit';
import { collect, makeProduct, toScanned, until, type Product, type Ran } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

const MAIN = join(ROOT, 'apps/cli/src/main.ts');

interface Server {
  /** What `sshfs` takes: the place and its options. */
  readonly source: string;
  readonly options: string;
}

/** A server with keys of its own, which lets nobody in but their holder. */
async function sshServer(t: TestContext, shared: string): Promise<Server> {
  const place = temporaryDirectory(t);
  const [host, user] = [join(place, 'host'), join(place, 'user')];
  for (const key of [host, user]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const port = await freePort();
  const settings = {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: host,
    AuthorizedKeysFile: `${user}.pub`,
    PidFile: 'none',
    StrictModes: 'no',
    UsePAM: 'no',
    PasswordAuthentication: 'no',
    PermitRootLogin: 'prohibit-password',
    Subsystem: 'sftp internal-sftp',
  };
  const file = join(place, 'sshd_config');
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  );
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const server = spawn('/usr/sbin/sshd', ['-D', '-f', file], { stdio: 'ignore' });
  t.after(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  });
  await until(() => answers(port), 'the server listens');
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', `IdentityFile=${user}`, `Port=${port}`];
  return { source: `${userInfo().username}@127.0.0.1:${shared}`, options: options.join(',') };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .on('connect', () => resolve(true))
      .on('error', () => resolve(false))
      .on('close', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** In a mount tree of its own, with the drive at `drive`, a part of it bound to `bound`, and nothing of it left behind. */
async function scanBeside(product: Product, server: Server, ...argv: string[]): Promise<Ran> {
  const tree = product.directory;
  const script = `set -e
    sshfs -o ${server.options} ${server.source} ${tree}/drive
    mount --bind ${tree}/drive/inner ${tree}/bound
    cat ${tree}/drive/e.txt ${tree}/bound/e.txt >/dev/null
    status=0; "$@" || status=$?
    umount ${tree}/bound; umount ${tree}/drive; exit $status`;
  const command = ['-m', 'bash', '-c', script, 'bash', process.execPath, MAIN, 'scan', ...argv];
  const env = { ...process.env, LAZARET_STATE: product.state, LAZARET_RUN: product.run };
  return await collect(spawn('unshare', command, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

test('LM-8b, LM-8c, LM-8d: a network drive of sshfs is never scanned, neither are its bind mounts, and what names it is shown as not covered', {
  timeout: 180_000,
}, async (t) => {
  const product = makeProduct(t);
  const tree = product.directory;
  for (const name of ['drive', 'bound']) mkdirSync(join(tree, name));
  const shared = temporaryDirectory(t);
  mkdirSync(join(shared, 'inner'));
  for (const place of [shared, join(shared, 'inner'), tree]) writeFileSync(join(place, 'e.txt'), eicar());
  const server = await sshServer(t, shared);
  const list = ['drive', 'bound', '.'].map((name) => ({ path: join(tree, name) }));
  const policy = product.writePolicy({ manual: { directories: { kind: 'list', entries: list } } });

  const byPolicy = ['--all', '--policy', policy, '--action', 'pass'];
  const walk = ['--cross-file-systems', '--action', 'pass', tree];
  const walked = toScanned(await scanBeside(product, server, '--json', ...walk));
  const listed = toScanned(await scanBeside(product, server, '--json', ...byPolicy));
  for (const { rows, summary } of [walked, listed]) {
    const told = rows.flatMap((row) =>
      row.type === 'file'
        ? [
            `${row.path.slice(tree.length)} ${row.verdict} ${row.unscanned.map(({ reason }) => reason).join(' ')}`.trim(),
          ]
        : [],
    );
    assert.deepEqual(told.toSorted(), ['/bound partly network', '/drive partly network', '/e.txt infected']);
    assert.deepEqual([summary.files, summary.unscanned], [1, { network: 2 }]);
  }
  const { stderr } = await scanBeside(product, server, ...byPolicy);
  for (const name of ['drive', 'bound'])
    assert.ok(stderr.includes(`${join(tree, name)} is on a network file system and is not covered.`), stderr);
});

// SPDX-License-Identifier: Apache-2.0
// An ordinary user of the VM against every process of a running agent: supervisor, agent, gate, door of the clamd socket, scan process, loader and workers.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../support/product.ts';
import { descendants, makeRealtime, plant, within } from '../support/realtime-product.ts';

const ATTACK = join(PROGRAMS, 'attack-processes.py');
const NOBODY = 65_534;
/** No account has it, and no process of ours may run as it: ours take theirs from 60578 to 61183. */
const FRESH = 61_234;
const LASTING = [
  'lazaret-supervi',
  'lazaret-gate',
  'lazaret-scanner',
  'lazaret-agent',
  'lazaret-keeper',
  'lazaret-door',
];

/** A key of root's, in the keyring of root that each of its processes possesses, until this ends. Resolves to its serial. */
const KEEP_KEY = `
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
serial = libc.syscall(248, b'user', b'lazaret-test', b'a secret of the test', 20, -4)
print(serial if serial > 0 else -ctypes.get_errno(), flush=True)
sys.stdin.read()
libc.syscall(250, 9, serial, -4)
`;
import { PROGRAMS } from '../support/places.ts';

/** Empty: it has ended. */
const nameOf = (pid: number): string =>
  existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/comm`, 'utf8').trim() : '';
const stateOf = (pid: number): string => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

test('no process of a running agent is signalled, traced, read or slowed by another user, and it protects on', {
  timeout: 300_000,
}, async (t) => {
  const product = await makeRealtime(t, plant('a.com'));
  const directories = { kind: 'list', entries: [{ path: product.mounts.directory }] };
  const policy = {
    realtime: { directories, action: { kind: 'custom', primary: 'deny' } },
    scheduled: { enabled: false },
  };
  const daemon = await product.startDaemon(product.writePolicy(policy));
  assert.notEqual(within(product.mounts, 'cat a.com').code, 0);
  const all = (): number[] => [daemon.process.pid ?? -1, ...descendants(daemon.process.pid ?? -1)];
  const supervisor = all().find((pid) => nameOf(pid).startsWith('lazaret-supervi')) ?? -1;
  // The door has a process of its own while somebody speaks.
  const client = connect(join(`${product.run}-clamd`, 'clamd.sock')).on('error', () => undefined);
  t.after(() => client.destroy());
  client.write('zPING\0');
  await once(client, 'data');
  const ours = [supervisor, ...descendants(supervisor)];
  const names = new Set(ours.map(nameOf));
  for (const name of LASTING) assert.ok(names.has(name), `${name} is among ${[...names].join(' ')}`);
  assert.ok(ours.length >= 7, `${ours.length} processes, of which several are scan processes`);
  const keeper = spawn('python3', ['-c', KEEP_KEY], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => keeper.stdin.end());
  const [serial] = (await once(createInterface({ input: keeper.stdout }), 'line')) as [string];
  assert.ok(Number(serial) > 0, `a key of root's: ${serial}`);
  for (const user of [NOBODY, FRESH]) {
    const as = ['--reuid', String(user), '--regid', String(user), '--clear-groups', '/usr/bin/python3', ATTACK];
    // In a session of its own, as a user is: within one, the kernel lets SIGCONT pass.
    const { stdout, stderr } = spawnSync('setsid', ['--wait', 'setpriv', ...as, `key:${serial}`, ...ours.map(String)], {
      encoding: 'utf8',
    });
    assert.equal(stdout, 'done\n', `${user}: ${stderr}`);
  }
  const lasting = ours.filter((pid) => LASTING.includes(nameOf(pid)));
  assert.ok(lasting.length >= 7, 'these, and several scan processes, live');
  for (const pid of lasting) assert.doesNotMatch(stateOf(pid), /[TtZX]/, `${nameOf(pid)} runs`);
  await until(() => within(product.mounts, 'cat a.com').code !== 0, 'it refuses still');
});

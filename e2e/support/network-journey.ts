// SPDX-License-Identifier: Apache-2.0
// For link-networks.test.ts, run by `unshare --net`: a manager here, an agent in a network namespace of its own, one wire between them. Says what it saw as
// one line of JSON. The namespaces end with their processes.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, freePort } from '@lazaret/testkit';
import { makeManager } from './manager.ts';
import { makeProduct, until } from './product.ts';

type Family = 'ipv4' | 'ipv6' | 'both';
const family = process.argv[2] as Family;
const ends: (() => void | Promise<void>)[] = [];
const test = { after: (work: () => void | Promise<void>): void => void ends.push(work) };

const ip = (...argv: string[]): void => void execFileSync('ip', argv);
const hasV4 = family !== 'ipv6';
const hasV6 = family !== 'ipv4';

/** The addresses of one end of the wire; `run` runs `ip` there. */
function address(run: (...argv: string[]) => void, device: string, last: number): void {
  run('link', 'set', 'lo', 'up');
  if (!hasV4) run('address', 'del', '127.0.0.1/8', 'dev', 'lo');
  if (hasV4) run('address', 'add', `10.9.0.${last}/24`, 'dev', device);
  if (hasV6) run('address', 'add', `fd09::${last}/64`, 'dev', device, 'nodad');
  run('link', 'set', device, 'up');
}

async function journey(): Promise<object> {
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  test.after(() => void holder.kill('SIGKILL'));
  await once(holder, 'spawn');
  const other = ['nsenter', '--target', String(holder.pid), '--net'];
  const there = (...argv: string[]): void => void execFileSync(other[0] ?? '', [...other.slice(1), ...argv]);
  await until(() => own(holder.pid ?? 0), 'the other namespace');
  ip('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there');
  ip('link', 'set', 'there', 'netns', String(holder.pid));
  for (const run of [
    (...argv: string[]) => execFileSync('sysctl', argv),
    (...argv: string[]) => there('sysctl', ...argv),
  ])
    if (!hasV6) run('-qw', 'net.ipv6.conf.all.disable_ipv6=1');
  address(ip, 'here', 1);
  address((...argv) => there('ip', ...argv), 'there', 2);

  const port = await freePort();
  const host = hasV6 ? '[fd09::1]' : '10.9.0.1';
  const manager = await makeManager(test, { port, managers: [`${host}:${port}`] });
  const product = makeProduct(test, other);
  const knockPort = await freePort();
  const list = { kind: 'list', entries: [{ path: product.directory, subdirectories: true }] };
  const hash = await manager.savePolicy({
    manual: { directories: list },
    scheduled: { enabled: false },
    agent: { knock: { enabled: true, port: knockPort } },
  });
  await product.agent();
  const activated = await product.activate(await manager.token());
  const { vmId } = JSON.parse(activated.stdout) as { vmId: string };
  const row = () =>
    manager.inTenant((tx) => tx.selectFrom('vms').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow());
  await until(async () => (await row()).applied_hash === hash, 'the policy is applied');
  await until(
    async () => ((await row()).report as { knock: { port: number } } | null)?.knock.port === knockPort,
    'the port is told',
  );
  const knocked = await manager.link.knock(manager.tenantId, vmId);

  // Cut off: the agent works on, and keeps what it has to tell.
  ip('link', 'set', 'here', 'down');
  writeFileSync(join(product.directory, 'eicar.com'), eicar());
  const scanned = await product.scan('--action', 'quarantine', product.directory);
  const during = await manager.inTenant((tx) => tx.selectFrom('detections').select('path').execute());
  ip('link', 'set', 'here', 'up');
  if (hasV6) ip('address', 'replace', 'fd09::1/64', 'dev', 'here', 'nodad');
  const detections = () => manager.inTenant((tx) => tx.selectFrom('detections').select('path').execute());
  await until(async () => (await detections()).length > 0, 'what was found meanwhile is told', 150_000);
  return {
    addresses: (await row()).addresses,
    knocked,
    found: scanned.summary.infected,
    whileCutOff: during.length,
    after: (await detections()).length,
  };
}

/** It has left our namespace: only then its wire can be laid. */
function own(pid: number): Promise<boolean> {
  const link = (of: string): string => execFileSync('readlink', [`/proc/${of}/ns/net`]).toString();
  return Promise.resolve(link(String(pid)) !== link('self'));
}

let told: object;
try {
  told = await journey();
} catch (error) {
  told = { error: error instanceof Error ? error.message : String(error) };
}
for (const end of ends.toReversed()) await end();
process.stdout.write(`${JSON.stringify(told)}\n`);
process.exit();

// SPDX-License-Identifier: Apache-2.0
// `lazaret fleet quarantine` with many held files, on the manager's program and a real agent: which files are meant is said by entry, by filter or by --all;
// nothing comes back that nobody confirmed; and who ordered it stands in the audit and in the VM's own record.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QUARANTINE_BULK_MAX, TENANT_RIGHTS } from '@lazaret/contract';
import { eicar } from '@lazaret/testkit';
import { collect, until, type Ran } from '../support/product.ts';
import { siteOf, type Page, type Site } from '../support/site.ts';
import { ROOT } from '../support/places.ts';

const LAZARET = join(ROOT, 'apps/cli/src/main.ts');

type Fleet = (...argv: string[]) => Promise<Ran>;

/** `lazaret fleet`, signed in with a token named `night shift`. */
async function signIn(t: { after(work: () => void): void }, { service }: Site): Promise<Fleet> {
  const home = mkdtempSync(join(tmpdir(), 'lazaret-fleet-'));
  t.after(() => rmSync(home, { recursive: true }));
  const { token } = await service.api<{ token: string }>('POST', '/tokens', {
    name: 'night shift',
    rights: TENANT_RIGHTS,
  });
  const fleet = (...argv: string[]): Promise<Ran> => {
    const env = { ...process.env, XDG_CONFIG_HOME: home, LAZARET_FLEET_TOKEN: token };
    return collect(spawn(process.execPath, [LAZARET, 'fleet', ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  };
  const signedIn = await fleet('login', service.first.url);
  assert.equal(signedIn.code, 0, signedIn.stderr);
  return fleet;
}

/** A longer file with the same content in front: another hash, and found all the same. */
const longer = Buffer.concat([eicar(), Buffer.from('\n')]);

test('AC-8c: held files of the fleet are restored by filter or all, after a look and a word, in order of the person whose token it is; one that fails stops no other', {
  timeout: 300_000,
}, async (t) => {
  const site = await siteOf(t);
  const { service, product, vmId } = site;
  const fleet = await signIn(t, site);
  const restore = (...argv: string[]): Promise<Ran> => fleet('quarantine', 'restore', ...argv);
  const [mine, other] = [join(product.directory, 'mine'), join(product.directory, 'other')];
  for (const directory of [mine, other]) mkdirSync(directory);
  const [a, b, c, d] = [join(mine, 'a.com'), join(mine, 'b.com'), join(other, 'c.com'), join(other, 'd.com')];
  for (const path of [a, b, c]) writeFileSync(path, eicar());
  writeFileSync(d, longer);
  const stand = (): readonly boolean[] => [a, b, c, d].map((path) => existsSync(path));
  assert.equal((await product.scan(product.directory, '--action', 'policy')).summary.infected, 4);
  const held = (): Promise<Page<{ entry: string; path: string }>> => service.api('GET', '/quarantine');
  await until(async () => (await held()).total === 4, 'the manager knows them');
  assert.deepEqual(stand(), [false, false, false, false]);

  const listed = await fleet('quarantine', 'list', '--below', mine);
  assert.deepEqual([listed.stdout.match(/\.com/g)?.length, /other/.test(listed.stdout)], [2, false]);
  // A filter that is empty, or that everything fits, is what a script says whose variable is not set.
  const unset = ['--vm', '--threat', '--below', '--sha256'].map((filter) => [filter, '', '--yes']);
  const everything = ['relative', '/'].map((below) => ['--below', below, '--yes']);
  for (const wrong of [
    [],
    ['--all', '--below', mine],
    ['--all', 'an-entry'],
    ['an-entry'],
    ...unset,
    ['--below', mine, '--threat', '', '--yes'],
    ...everything,
  ]) {
    const ran = await restore(...wrong);
    assert.equal(ran.code, 2, wrong.join(' '));
    assert.match(ran.stderr, /cli\.usage/);
  }
  const long = await fleet('quarantine', 'list', '--below', join(mine, 'x'.repeat(600)));
  assert.deepEqual([long.code, /No quarantined files/.test(long.stdout)], [0, true], long.stderr);
  const unconfirmed = await restore('--below', mine);
  assert.equal(unconfirmed.code, 2);
  assert.match(unconfirmed.stderr, /2 quarantined files of 1 VM would be restored.*--yes/s);
  const dry = await restore('--all', '--dry-run');
  assert.deepEqual([dry.code, dry.stdout.match(/would be restored/g)?.length], [0, 4]);
  assert.match((await restore('--threat', 'No.Such', '--yes')).stderr, /vault\.entry_not_found/);
  assert.equal((await held()).total, 4, 'nothing was ordered');
  assert.deepEqual(stand(), [false, false, false, false]);

  const named = (await held()).items.find(({ path }) => path === b)?.entry ?? '';
  writeFileSync(a, 'in the way');
  const some = await restore('--below', mine, '--threat', 'eicar', '--yes');
  assert.deepEqual([some.code, some.stdout.match(/: ordered: \S+ is online and gets the order now/g)?.length], [0, 2]);
  await until(() => existsSync(b), 'the one beside it is back');
  assert.deepEqual(readFileSync(b), eicar());
  assert.deepEqual([readFileSync(a, 'utf8'), existsSync(c), existsSync(d)], ['in the way', false, false]);
  const again = await restore(named, '--vm', vmId);
  assert.equal(again.code, 2, 'an entry that is not held any more is refused by its name');

  const sha256 = createHash('sha256').update(longer).digest('hex');
  assert.equal((await restore('--sha256', sha256, '--yes')).code, 0);
  await until(() => existsSync(d), 'that of this content is back');
  assert.deepEqual(stand(), [true, true, false, true]);
  rmSync(a);
  await until(async () => {
    const { items } = await service.api<Page<{ state: string }>>('GET', `/vms/${vmId}/commands`);
    return items.every(({ state }) => state === 'done' || state === 'failed');
  }, 'nothing is under way');
  // An order of two parts, of which the second is refused whole: what the first ordered is told.
  const ofC = (await held()).items.find(({ path }) => path === c)?.entry ?? '';
  const unknown = Array.from({ length: QUARANTINE_BULK_MAX - 1 }, (_, at) => `no-such-${at}`);
  const large = await restore(ofC, ...unknown, 'x'.repeat(65), '--vm', vmId);
  assert.equal(large.code, 2);
  assert.match(large.stdout, new RegExp(`^${ofC}: ordered: \\S+ is online and gets the order now$`, 'm'));
  assert.match(large.stderr, /1 more entries have no result.*\(api\./s);
  const largeJson = await restore(...unknown, 'no-such', 'x'.repeat(65), '--vm', vmId, '--json');
  const told = JSON.parse(largeJson.stdout) as { results: unknown[]; stopped: { code: string; entries: number } };
  assert.deepEqual([largeJson.code, told.results.length, told.stopped.entries], [2, QUARANTINE_BULK_MAX, 1]);
  await until(() => existsSync(c), 'that of the first part is back');
  assert.equal((await restore('--all', '--yes')).code, 0);
  await until(() => stand().every(Boolean), 'all are back');

  const audit = await service.api<Page<{ action: string; actor: { name: string } }>>('GET', '/audit?limit=200');
  const orders = audit.items.filter(({ action }) => action === 'quarantine.restore');
  assert.ok(
    orders.length > 0 && orders.every(({ actor }) => actor.name.includes('night shift')),
    JSON.stringify(orders),
  );
  const spool = join(product.state, 'spool');
  const lines = readdirSync(spool).flatMap((name) => readFileSync(join(spool, name), 'utf8').split('\n'));
  const restored = lines.filter((line) => line.includes('"type":"quarantine.restored"'));
  assert.ok(restored.length >= 4 && restored.every((line) => line.includes('night shift')), restored.join('\n'));
});

// SPDX-License-Identifier: Apache-2.0
// What a running agent is asked and what stands in its record: meeting runs, "update now", why a path is scanned, when the next
// runs come, and the scopes of its kinds of scan.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectControl, SCHEDULED_REQUEST, type ControlClient } from '@lazaret/agent';
import { LazaretError } from '@lazaret/core';
import { eicar } from '@lazaret/testkit';
import { collect, makeProduct, until, type Product } from '../support/product.ts';

type Event = Readonly<Record<string, unknown>>;

function events(product: Product, type: string): Event[] {
  const directory = join(product.state, 'spool');
  return readdirSync(directory)
    .toSorted()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Event)
    .filter((event) => event['type'] === type);
}

async function control(product: Product): Promise<ControlClient> {
  const client = await connectControl(join(product.run, 'agent.sock'));
  assert.ok(client !== null);
  return client;
}

test('SC-8c: a scheduled run that meets a running one is skipped, and that is recorded; the running one goes on', async (t) => {
  const product = makeProduct(t);
  // Enough work that it still runs when it is paused, however busy the machine is.
  for (let index = 0; index < 200; index++)
    writeFileSync(join(product.directory, `f${index}`), `file ${index}, a line of plain words\n`.repeat(30_000));
  await product.agent(product.writePolicy({}));
  const client = await control(product);
  t.after(() => client.close());
  const manual = collect(product.start('scan', '--json', '--load', 'low', product.directory));
  await until(async () => {
    const { runs } = (await client.call('status')) as { runs: readonly unknown[] };
    return runs.length === 1;
  }, 'the manual scan runs');
  await client.call('scan.pause', {});
  const isBusy = (error: unknown): boolean => error instanceof LazaretError && error.code === 'agent.busy';
  await assert.rejects(client.call('scan.start', { request: SCHEDULED_REQUEST, resume: false }), isBusy);
  assert.deepEqual(
    events(product, 'run.skipped').map(({ origin }) => origin),
    ['scheduled'],
  );
  await client.call('scan.resume', {});
  assert.equal((await manual).code, 0);
});

test('PF-1e, PF-1f: "update now" looks at once, and that nothing is new is recorded', async (t) => {
  const product = makeProduct(t);
  await product.agent();
  const client = await control(product);
  t.after(() => client.close());
  const update = async (): Promise<string> => ((await client.call('patterns.update')) as { outcome: string }).outcome;
  assert.equal(await update(), 'nothing-new');
  // As when the sources have changed: what was noted of them no longer fits.
  writeFileSync(join(product.state, 'patterns/default-sources'), 'other\n');
  assert.equal(await update(), 'nothing-new', 'the same bytes are the same release');
  const recorded = events(product, 'update.checked');
  assert.deepEqual(
    recorded.map(({ outcome }) => outcome),
    ['nothing-new', 'nothing-new'],
  );
  assert.ok(recorded.every(({ release }) => String(release).startsWith('starter')));
});

test('EX-3a, RT-5a: explain says by which kinds of scan a path is scanned, and which rule decides, for each its own', async (t) => {
  const product = makeProduct(t);
  const path = join(product.directory, 'skip/a.txt');
  mkdirSync(join(product.directory, 'skip'));
  writeFileSync(path, 'x');
  const policy = product.writePolicy({
    manual: { exceptions: [{ match: { directory: join(product.directory, 'skip') } }] },
    scheduled: { files: { kind: 'extensions', extensions: ['exe'] } },
  });
  const { code, stdout } = await product.lazaret('explain', path, '--policy', policy, '--json');
  assert.equal(code, 0);
  const { kinds } = JSON.parse(stdout) as { kinds: { kind: string; scanned: string; decidedBy: string }[] };
  const by = Object.fromEntries(kinds.map(({ kind, scanned, decidedBy }) => [kind, `${scanned} ${decidedBy}`]));
  assert.equal(by['manual'], 'no /manual/exceptions/0');
  assert.match(by['scheduled'] ?? '', /^no \/scheduled\/files/);
  assert.match(by['realtime'] ?? '', /^(yes|if-type) \/realtime/);
  // And a scan does what explain says.
  const { files, rows } = await product.scan('--policy', policy, path);
  assert.deepEqual(files, []);
  assert.equal(rows[0]?.type === 'excepted' && rows[0].decidedBy, '/manual/exceptions/0');
});

test('SC-7c: the next five runs are shown, also over the hour that does not exist', async (t) => {
  const product = makeProduct(t);
  const schedule = '{"kind":"daily","at":"02:30","every":"day","zone":"Europe/Berlin"}';
  const from = ['--from', '2027-03-27T00:00:00Z', '-n', '5'];
  const { stdout, code } = await product.lazaret('schedule', 'next', '--schedule', schedule, ...from, '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), {
    enabled: true,
    next: [
      '2027-03-27T01:30:00Z',
      '2027-03-28T01:00:00Z',
      '2027-03-29T00:30:00Z',
      '2027-03-30T00:30:00Z',
      '2027-03-31T00:30:00Z',
    ],
  });
  const told = await product.lazaret('schedule', 'next', '--schedule', schedule, ...from);
  assert.equal(told.stdout.trim().split('\n').length, 5);
  assert.match(told.stdout, /Sun 2027-03-28 03:00 Europe\/Berlin/);
});

test('SC-1b, SC-1c: the scheduled scan has a scope, exceptions and actions of its own', async (t) => {
  const product = makeProduct(t);
  for (const name of ['in/a.com', 'in/b.com', 'in/c.txt', 'out/d.com']) {
    mkdirSync(join(product.directory, name, '..'), { recursive: true });
    writeFileSync(join(product.directory, name), eicar());
  }
  const policy = product.writePolicy({
    scheduled: {
      directories: { kind: 'list', entries: [{ path: join(product.directory, 'in') }] },
      files: { kind: 'extensions', extensions: ['com'] },
      exceptions: [{ match: { file: join(product.directory, 'in/b.com') } }],
      action: { kind: 'custom', primary: 'delete' },
    },
  });
  const checked = await product.lazaret('policy', 'check', policy);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  await product.agent(policy);
  const client = await control(product);
  t.after(() => client.close());
  const summary = (await client.call('scan.start', { request: SCHEDULED_REQUEST, resume: false })) as Record<
    string,
    unknown
  >;
  assert.deepEqual([summary['files'], summary['infected'], summary['excepted']], [1, 1, 1]);
  const [detection = {}, ...more] = events(product, 'detection');
  assert.deepEqual(more, []);
  assert.equal(detection['path'], join(product.directory, 'in/a.com'));
  assert.equal((detection['action'] as { primary: { action: string } }).primary.action, 'delete');
  const { stdout } = await product.lazaret('quarantine', 'list', '--json');
  assert.doesNotMatch(stdout, /a\.com/, 'deleted by the policy of scheduled scans: no copy');
  assert.deepEqual(readdirSync(join(product.directory, 'in')).toSorted(), ['b.com', 'c.txt']);
  assert.deepEqual(readdirSync(join(product.directory, 'out')), ['d.com']);
});

// SPDX-License-Identifier: Apache-2.0
// What comes of a download that goes wrong: which code tells it, and that nothing of it stays.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { measureBytes, releaseIdOf } from '@lazaret/patterns';
import { PrivateMounts, temporaryDirectory } from '@lazaret/testkit';
import { downloadRelease } from './release-download.ts';
import type { Transport } from './transport.ts';

const SMALL = Buffer.from('Own.Marker:0:*:6f776e\n');
const LARGE = Buffer.alloc(300 * 1024, 'x');
const FOREVER = new AbortController().signal;

/** A manager that answers each ask with the chunks of `answers`, by hash. */
function managerOf(answers: ReadonlyMap<string, () => Readable>): {
  readonly transport: Transport;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const never = (): never => assert.fail('not asked here');
  const askStream: Transport['askStream'] = async ({ path }) => {
    asked.push(path);
    return (answers.get(path.split('/').at(-1) ?? '') ?? never)() as IncomingMessage;
  };
  return { transport: { askStream, askJson: never, dropKept: never, close: never }, asked };
}

function offer(files: Readonly<Record<string, Buffer>>) {
  const named = Object.entries(files).map(([name, content]) => {
    const { bytes, sha256 } = measureBytes(content);
    return { name, bytes, sha256 };
  });
  return { id: releaseIdOf('set', named), source: 'the manager', createdAt: '2027-03-01T00:00:00.000Z', files: named };
}

function patternsOf(t: TestContext): string {
  const patterns = join(temporaryDirectory(t), 'patterns');
  mkdirSync(patterns);
  return patterns;
}

test('each file is fetched by its hash, and lies under its name', async (t) => {
  const patterns = patternsOf(t);
  const offered = offer({ 'a.ndb': SMALL, 'b.ndb': LARGE });
  const contents = [SMALL, LARGE];
  const { transport, asked } = managerOf(
    new Map(offered.files.map(({ sha256 }, at) => [sha256, () => Readable.from([contents[at]])])),
  );
  const directory = await downloadRelease(offered, [], patterns, transport, FOREVER);
  assert.deepEqual([directory, ...readdirSync(directory)], [join(patterns, '.download'), 'a.ndb', 'b.ndb']);
  assert.deepEqual(readFileSync(join(directory, 'b.ndb')), LARGE);
  assert.deepEqual(
    asked,
    offered.files.map(({ sha256 }) => `/link/v1/releases/${offered.id}/files/${sha256}`),
  );
});

test('bytes that are not those of the release, too many, too few or a wire that breaks have a code each, and leave nothing', async (t) => {
  const patterns = patternsOf(t);
  const offered = offer({ 'a.ndb': SMALL });
  const broken = async function* () {
    yield SMALL.subarray(0, 5);
    throw Object.assign(new Error('reset'), { code: 'ECONNRESET', syscall: 'read' });
  };
  const endless = async function* () {
    for (;;) yield LARGE;
  };
  for (const [code, message, answer] of [
    [
      'link.download',
      /^The content of a\.ndb differs from the one that release /,
      () => Readable.from([Buffer.alloc(SMALL.length, 'y')]),
    ],
    [
      'link.download',
      /^The content of a\.ndb differs from the one that release /,
      () => Readable.from([SMALL.subarray(1)]),
    ],
    ['link.download', /^a\.ndb is larger than the 22 bytes /, () => Readable.from(endless())],
    ['link.unreachable', /^The download of a\.ndb ended after 5 bytes\.$/, () => Readable.from(broken())],
  ] as const) {
    const stream = answer();
    const { transport } = managerOf(new Map([[offered.files[0]?.sha256 ?? '', () => stream]]));
    await assert.rejects(downloadRelease(offered, [], patterns, transport, FOREVER), { code, message });
    assert.deepEqual(readdirSync(patterns), []);
    assert.ok(stream.destroyed, 'the answer is ended');
  }
});

test('a disk without room is no manager that does not answer: it is told as what it is, and nothing of the download stays', async (t) => {
  const mounts = await PrivateMounts.open('mkdir disk; mount -t tmpfs -o size=128k,mode=755 none disk');
  t.after(() => mounts.close());
  const patterns = mounts.path('disk');
  const offered = offer({ 'a.ndb': LARGE });
  const { transport } = managerOf(new Map([[offered.files[0]?.sha256 ?? '', () => Readable.from([LARGE])]]));
  const where = join(patterns, '.download', 'a.ndb');
  await assert.rejects(downloadRelease(offered, [], patterns, transport, FOREVER), {
    code: 'patterns.write_failed',
    where,
    message: `${where} cannot be written: the file system has no room left (ENOSPC).`,
  });
  assert.deepEqual(readdirSync(patterns), []);
  mounts.shell('mount -o remount,ro disk');
  await assert.rejects(downloadRelease(offered, [], patterns, transport, FOREVER), {
    code: 'patterns.write_failed',
    where: join(patterns, '.download'),
    message: /mounted read-only \(EROFS\)\.$/,
  });
});

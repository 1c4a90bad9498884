// SPDX-License-Identifier: Apache-2.0
// clamd's protocol, with Debian's own client and by hand.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { eicar, packZipCrypto } from '@lazaret/testkit';
import { makeForm, PLAIN } from '../../tests/scanner/mail/mail-forms.ts';
import { collect, makeProduct, until, type Product, type Ran } from '../support/product.ts';

const TEST_FILES = '/usr/share/clamav-testfiles';

function clamdscan(product: Product, ...argv: string[]): Promise<Ran> {
  const configuration = join(product.directory, '..', 'clamd.conf');
  writeFileSync(configuration, `LocalSocket ${product.clamdSocket}\n`);
  return collect(spawn('clamdscan', ['-c', configuration, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Sends bytes and gives back all that comes until the other side closes. */
function speak(product: Product, bytes: Buffer | string, identity?: { uid: number; gid: number }): Promise<string> {
  if (identity !== undefined) return speakAs(product, bytes.toString(), identity);
  return new Promise((resolve, reject) => {
    const socket = createConnection(product.clamdSocket);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(bytes);
  });
}

/** The kernel names the peer by the process that connects: so another user needs another process. */
async function speakAs(product: Product, text: string, { uid, gid }: { uid: number; gid: number }): Promise<string> {
  const child = spawn('python3', ['-c', PYTHON, product.clamdSocket, text], {
    uid,
    gid,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (await collect(child)).stdout;
}

const PYTHON = `
import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode())
while True:
    b = s.recv(65536)
    if not b: break
    sys.stdout.write(b.decode())
`;

test("Debian's clamdscan finds 43 of the 44 ClamAV test files over --fdpass, and 44 with ten layers", {
  timeout: 300_000,
}, async (t) => {
  const product = makeProduct(t);
  const patterns = join(product.directory, '..', 'hash');
  mkdirSync(patterns);
  // The one signature of all 44: the hash of the program that each of them holds (clam.exe).
  writeFileSync(join(patterns, 'test.hdb'), 'aa15bcf478d165efd2065190eb473bcb:544:ClamAV-Test-File\n');
  const policy = product.writePolicy({});
  await product.agent(policy);
  assert.equal((await product.lazaret('patterns', 'load', patterns)).code, 0);
  const five = await clamdscan(product, '--fdpass', '--no-summary', TEST_FILES);
  const lines = five.stdout.trimEnd().split('\n');
  assert.equal(lines.filter((line) => line.endsWith('FOUND')).length, 43, five.stdout);
  assert.ok(!five.stdout.includes('clam_cache_emax.tgz'), 'its sample lies under eight layers (LM-5)');
  writeFileSync(
    policy,
    JSON.stringify({ manual: { limits: { compressionLayersMax: 10 } }, clamd: { partly: 'found' } }),
  );
  await until(async () => {
    const ten = await clamdscan(product, '--fdpass', '--no-summary', TEST_FILES);
    return (
      ten.stdout
        .trimEnd()
        .split('\n')
        .filter((line) => line.endsWith('ClamAV-Test-File FOUND')).length === 44
    );
  }, 'all 44 are found with ten layers');
});

test('PING, VERSION, INSTREAM, IDSESSION, an unknown command, and both delimiters', async (t) => {
  const product = makeProduct(t);
  await product.agent();
  assert.equal(await speak(product, 'PING\n'), 'PONG\n');
  assert.equal(await speak(product, 'nPING\n'), 'PONG\n');
  assert.equal(await speak(product, 'zPING\0'), 'PONG\0');
  assert.match(await speak(product, 'zVERSION\0'), /^Lazaret \d/);
  assert.equal(await speak(product, 'zNONSENSE\0'), 'UNKNOWN COMMAND\0');
  const chunk = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const stream = Buffer.concat([
    Buffer.from('zINSTREAM\0'),
    chunk(eicar().subarray(0, 30)),
    chunk(eicar().subarray(30)),
    chunk(Buffer.alloc(0)),
  ]);
  assert.equal(await speak(product, stream), 'stream: Eicar-Test-Signature FOUND\0');
  const session = Buffer.concat([Buffer.from('zIDSESSION\0zPING\0'), stream, Buffer.from('zVERSION\0zEND\0')]);
  assert.match(await speak(product, session), /^1: PONG\0(2): stream: Eicar-Test-Signature FOUND\0(3): Lazaret .*\0$/);
});

test('LM-11b: a mail that programs read in more than one way is found over the protocol, too', async (t) => {
  const product = makeProduct(t);
  await product.agent();
  const mail = makeForm({ ...PLAIN, boundary: 'two types, the second holds' }, eicar());
  const length = Buffer.alloc(4);
  length.writeUInt32BE(mail.length);
  const stream = Buffer.concat([Buffer.from('zINSTREAM\0'), length, mail, Buffer.alloc(4)]);
  assert.equal(await speak(product, stream), 'stream: Eicar-Test-Signature FOUND\0');
});

test('clean as far as read is OK, FOUND or ERROR, as the policy says', async (t) => {
  const product = makeProduct(t);
  const path = join(product.directory, 'secret.zip');
  writeFileSync(path, packZipCrypto(product.directory, [{ name: 'a', content: Buffer.from('a') }], []));
  const policy = product.writePolicy({});
  await product.agent(policy);
  assert.equal(await speak(product, `zSCAN ${path}\0`), `${path}: OK\0`);
  for (const [partly, expected] of [
    ['found', 'Lazaret.NotScanned.Encrypted FOUND'],
    ['error', 'not scanned: encrypted ERROR'],
  ] as const) {
    writeFileSync(policy, JSON.stringify({ clamd: { partly } }));
    await until(async () => (await speak(product, `zSCAN ${path}\0`)) === `${path}: ${expected}\0`, expected);
  }
});

test("SCAN opens with the caller's rights, never with ours", async (t) => {
  const product = makeProduct(t);
  await product.agent();
  chmodSync(join(product.directory, '..'), 0o755);
  const [open, closed] = ['open.txt', 'closed.txt'].map((name) => join(product.directory, name)) as [string, string];
  writeFileSync(open, eicar(), { mode: 0o644 });
  writeFileSync(closed, eicar(), { mode: 0o600 });
  chownSync(closed, 0, 0);
  const nobody = { uid: 65_534, gid: 65_534 };
  assert.match(await speak(product, `nSCAN ${open}\n`, nobody), /Eicar-Test-Signature FOUND/);
  assert.doesNotMatch(await speak(product, `nSCAN ${closed}\n`, nobody), /FOUND/);
  assert.match(await speak(product, `nSCAN ${closed}\n`, nobody), /closed\.txt: Access denied\. ERROR/);
  assert.match(await speak(product, `nSCAN ${closed}\n`), /FOUND/);
  const directory = await speak(product, `nCONTSCAN ${product.directory}\n`, nobody);
  assert.deepEqual(
    directory.trimEnd().split('\n'),
    [`${open}: Eicar-Test-Signature FOUND`, `${product.directory}: Access denied. ERROR`],
    'what may not be opened is not named, and makes its directory no OK',
  );
});

test('a client that leaves takes its scan back; one user gets no more than half of the sessions, and others are served', {
  timeout: 120_000,
}, async (t) => {
  const product = makeProduct(t);
  await product.agent();
  chmodSync(join(product.directory, '..'), 0o755);
  const slow = join(product.directory, 'slow.html');
  writeFileSync(slow, '<script>document.write(unescape("%41%42"))</script>\n'.repeat(600_000));
  const hold = spawn('/usr/bin/python3', ['-c', HOLD, product.clamdSocket, slow, '200', '128'], {
    uid: 65_533,
    gid: 65_533,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // Whatever fails: a client that stayed would keep this file from its end.
  t.after(() => hold.kill('SIGKILL'));
  let said = '';
  hold.stdout.on('data', (chunk) => (said += String(chunk)));
  await until(() => said.includes('open'), '128 sessions of 200 stand');
  assert.equal(await speak(product, 'nPING\n', { uid: 65_533, gid: 65_533 }), '', 'and no other of this user');
  hold.stdin.write('\n');
  await until(() => said.includes('still'), 'it has looked again');
  assert.match(said, /open 128\nstill 128\n/, 'of 200 asked for');
  assert.equal(await speak(product, 'PING\n'), 'PONG\n');
  const small = join(product.directory, 'small.com');
  writeFileSync(small, eicar());
  assert.match(await speak(product, `nSCAN ${small}\n`), /FOUND/, 'beside 128 scans of another user');
  hold.stdin.end();
  await once(hold, 'exit');
  await until(async () => (await speak(product, `nSCAN ${small}\n`)).includes('FOUND'), 'served again');
});

/** As many sessions as it gets, each with a scan of its own; they are left when standard input ends. */
const HOLD = `
import socket, sys, select
path, file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
held = []
for _ in range(count):
    s = socket.socket(socket.AF_UNIX); s.connect(path)
    held.append(s)
    try: s.sendall(b'zSCAN ' + file.encode() + b'\\0')
    except OSError: pass
def without_closed(held, seconds):
    closed = []
    for s in select.select(held, [], [], seconds)[0]:
        try: empty = s.recv(4096) == b''
        except OSError: empty = True
        if empty: closed.append(s)
    return [s for s in held if s not in closed]
# Refused sessions are closed.
while len(held) > int(sys.argv[4]): held = without_closed(held, 60)
print('open', len(held), flush=True)
sys.stdin.readline()
print('still', len(without_closed(held, 0)), flush=True)
sys.stdin.read()
`;

test('strangers at the socket: too long, too large, half and nonsense cost nothing and leave nothing', async (t) => {
  const product = makeProduct(t);
  const agent = await product.agent();
  const descriptors = (): number => readdirSync(`/proc/${agent.pid}/fd`).length;
  await speak(product, 'PING\n');
  const before = descriptors();
  assert.match(await speak(product, `z${'x'.repeat(20_000)}`), /Command too long\. ERROR/);
  const huge = Buffer.from('zINSTREAM\0\xff\xff\xff\xff', 'latin1');
  assert.match(await speak(product, huge), /INSTREAM size limit exceeded\. ERROR/);
  for (let round = 0; round < 50; round++) {
    await new Promise<void>((resolve) => {
      const socket = createConnection(product.clamdSocket, () => {
        socket.write(round % 2 === 0 ? 'zINSTREAM\0\0\0\0\x10abc' : 'zFILDES\0');
        socket.end();
      });
      socket.on('close', () => resolve());
      socket.resume();
    });
  }
  await until(() => descriptors() <= before, `descriptors ${descriptors()} come back to ${before}`);
  assert.equal(await speak(product, 'PING\n'), 'PONG\n');
  assert.equal(statSync(product.run).isDirectory(), true);
});

// SPDX-License-Identifier: Apache-2.0
// Servers of Debian that ask clamd – Samba's virusfilter and clamav-milter – at its socket and at ours: what their users meet must be the same.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, temporaryDirectory } from '@lazaret/testkit';
import { MARKER_NAMES, MARKER_ONE } from '../support/clamd-forms.ts';
import { CLIENT, startBoth } from '../support/debian-clamd.ts';
import { collect, until } from '../support/product.ts';
import { PROGRAMS } from '../support/places.ts';

const MAIL = join(PROGRAMS, 'milter-mail.py');

interface Test {
  after(work: () => void | Promise<void>): void;
}

/** Ends with the test. */
function endWith(t: Test, child: ChildProcess): void {
  t.after(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
}

function openDirectory(t: Test, owner: number): string {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  chownSync(directory, owner, owner);
  return directory;
}

async function startMilter(t: Test, clamd: string): Promise<string> {
  const directory = openDirectory(t, CLIENT);
  const [socket, configuration] = [join(directory, 'milter.sock'), join(directory, 'milter.conf')];
  const settings = [
    `MilterSocket unix:${socket}`,
    `ClamdSocket unix:${clamd}`,
    `TemporaryDirectory ${directory}`,
    'Foreground yes',
    'OnInfected Reject',
    'OnFail Defer',
    'RejectMsg infected with %v',
    'AddHeader Replace',
  ];
  writeFileSync(configuration, `${settings.join('\n')}\n`);
  const options = { uid: CLIENT, gid: CLIENT, cwd: '/' };
  endWith(t, spawn('/usr/sbin/clamav-milter', ['--config-file', configuration], { ...options, stdio: 'ignore' }));
  await until(() => existsSync(socket), 'the milter listens');
  return socket;
}

/** What the milter tells a mail server to do with a message of this text. */
async function mail(milter: string, text: string): Promise<string> {
  const options = { uid: CLIENT, gid: CLIENT };
  const sender = spawn('/usr/bin/python3', [MAIL, milter], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  sender.stdin.end(`From: a@mail.example\nTo: b@here.example\nSubject: a mail\n\n${text}\n`);
  return (await collect(sender)).stdout.replaceAll('.UNOFFICIAL', '');
}

test("a mail server with Debian's clamav-milter takes clean mails and rejects infected ones, with our socket as with clamd's", {
  timeout: 180_000,
}, async (t) => {
  const { product, debian } = await startBoth(t);
  const [ours, theirs] = await Promise.all([product.clamdSocket, debian].map((socket) => startMilter(t, socket)));
  assert.ok(ours !== undefined && theirs !== undefined);
  for (const text of ['hello', MARKER_ONE, `${'a line\n'.repeat(50_000)}${MARKER_ONE}`]) {
    const answer = await mail(ours, text);
    assert.equal(answer, await mail(theirs, text));
    assert.match(
      answer,
      text === 'hello' ? /Clean\naccept/ : new RegExp(`550 5\\.7\\.1 infected with ${MARKER_NAMES[0]}`),
    );
  }
});

test('a milter that finds no clamd at the socket defers the mail: the test of it can fail', {
  timeout: 60_000,
}, async (t) => {
  const milter = await startMilter(t, join(openDirectory(t, CLIENT), 'nobody.sock'));
  assert.match(await mail(milter, 'hello'), /^defer/);
});

interface Share {
  readonly directory: string;
  /** A command of smbclient. */
  readonly command: (line: string) => Promise<string>;
}

async function startSamba(t: Test, clamd: string): Promise<Share> {
  const base = openDirectory(t, 0);
  const directory = join(base, 'share');
  mkdirSync(directory);
  chmodSync(directory, 0o777);
  const port = await freePort();
  const folders = ['private', 'lock', 'state', 'cache', 'pid'].map((name) => {
    mkdirSync(join(base, name));
    return `${name} directory = ${join(base, name)}`;
  });
  const settings = `[global]
    server role = standalone server
    smb ports = ${port}
    interfaces = lo
    bind interfaces only = yes
    ${folders.join('\n    ')}
    ncalrpc dir = ${join(base, 'ncalrpc')}
    log file = ${join(base, 'log')}
    map to guest = bad user
    disable netbios = yes
    load printers = no
    [share]
    path = ${directory}
    guest only = yes
    read only = no
    vfs objects = virusfilter
    virusfilter:scanner = clamav
    virusfilter:socket path = ${clamd}
    virusfilter:scan on open = yes
    virusfilter:scan on close = yes
    virusfilter:min file size = 1
    virusfilter:infected file action = delete
    virusfilter:block access on error = yes
`;
  const configuration = join(base, 'smb.conf');
  writeFileSync(configuration, settings);
  const argv = ['--foreground', '--no-process-group', `--configfile=${configuration}`];
  // In a process group of its own, which it ends with itself.
  endWith(t, spawn('/usr/sbin/smbd', argv, { stdio: 'ignore', detached: true }));
  await until(() => listens(port), 'Samba listens');
  return {
    directory,
    command: async (line) => {
      const asked = ['-N', '-p', String(port), '-s', configuration, '//127.0.0.1/share', '-c', line];
      const { stdout, stderr } = await collect(
        spawn('/usr/bin/smbclient', asked, { stdio: ['ignore', 'pipe', 'pipe'] }),
      );
      return stdout + stderr;
    },
  };
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** What a user of the share meets. */
async function useShare({ directory, command }: Share, own: string): Promise<Record<string, unknown>> {
  const [clean, infected] = [join(own, 'clean'), join(own, 'infected')];
  writeFileSync(clean, 'hello\n');
  writeFileSync(infected, `${MARKER_ONE}\n`);
  writeFileSync(join(directory, 'old-clean'), 'hello\n');
  writeFileSync(join(directory, 'old-infected'), `${MARKER_ONE}\n`);
  const refused = (said: string): string => /NT_STATUS_\w+/.exec(said)?.[0] ?? 'done';
  const met = {
    readClean: refused(await command(`get old-clean ${join(own, 'got-clean')}`)),
    readInfected: refused(await command(`get old-infected ${join(own, 'got-infected')}`)),
    writeClean: refused(await command(`put ${clean} new-clean`)),
    writeInfected: refused(await command(`put ${infected} new-infected`)),
    got: existsSync(join(own, 'got-clean')) ? readFileSync(join(own, 'got-clean'), 'utf8') : null,
    gotInfected: existsSync(join(own, 'got-infected')),
  };
  return { ...met, left: readdirSync(directory).toSorted() };
}

test("users of a Samba share with virusfilter read and write clean files and no infected ones, with our socket as with clamd's", {
  timeout: 180_000,
}, async (t) => {
  const { product, debian } = await startBoth(t);
  const ours = await useShare(await startSamba(t, product.clamdSocket), openDirectory(t, 0));
  const theirs = await useShare(await startSamba(t, debian), openDirectory(t, 0));
  assert.deepEqual(ours, theirs);
  assert.equal(ours['readClean'], 'done');
  assert.equal(ours['readInfected'], 'NT_STATUS_ACCESS_DENIED');
  assert.equal(ours['got'], 'hello\n');
  assert.equal(ours['gotInfected'], false);
  assert.deepEqual(ours['left'], ['new-clean', 'old-clean']);
});

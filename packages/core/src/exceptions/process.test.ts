// SPDX-License-Identifier: Apache-2.0
// Exceptions by process and by content, decided: what they hold for, and that what is not certain makes them rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exception, ScanKind } from '../policy/policy.ts';
import { temporal } from '../temporal.ts';
import { compileExceptions, contentException, type ExceptionFacts, type Exceptions } from './compile.ts';

const HASH = 'ab'.repeat(32);
const DATABASE = { target: '/usr/lib/db/db', device: '8:1', inode: '77', changedNs: '1000', sha256: HASH };
const asked: string[] = [];

const facts: ExceptionFacts = {
  operatingSystem: 'linux',
  now: temporal.Instant.from('2027-01-01T00:00:00Z'),
  variables: {},
  userId: (name) => (name === 'db' ? 112 : null),
  everyoneCanWrite: () => false,
  link: () => null,
  program: (path, { sha256 }) => {
    asked.push(`${path} ${sha256}`);
    return path === '/usr/bin/db' ? { ...DATABASE, sha256: sha256 ? HASH : null } : null;
  },
};

function compile(match: object, change: Partial<ExceptionFacts> = {}, kind: ScanKind = 'realtime'): Exceptions {
  return compileExceptions(kind, [{ match } as Exception], { ...facts, ...change });
}

const told = ({ warnings }: Exceptions): readonly string[] =>
  warnings.map(({ code, path, message }) => `${code} ${path}: ${message}`);
const running = { device: '8:1', inode: '77', changedNs: '1000', uid: 112, unit: 'db.service' };

test('EX-2e: it holds for the very file, as it was when it was looked at', () => {
  const exceptions = compile({ process: '/usr/bin/db' });
  assert.deepEqual(exceptions.decideProcess(running), { decidedBy: '/realtime/exceptions/0', by: 'process' });
  assert.deepEqual(told(exceptions), []);
  for (const change of [{ device: '8:2' }, { inode: '78' }, { changedNs: '1001' }])
    assert.equal(exceptions.decideProcess({ ...running, ...change }), null, JSON.stringify(change));
  assert.deepEqual(exceptions.processes, [
    {
      process: '/usr/bin/db',
      program: { ...DATABASE, sha256: null },
      uid: null,
      unit: null,
      hit: { decidedBy: '/realtime/exceptions/0', by: 'process' },
    },
  ]);
  assert.deepEqual(compile({ file: '/a' }).processes, []);
});

test('EX-2e: bound to an account or a service, it holds there alone', () => {
  for (const user of ['db', '112']) {
    const exceptions = compile({ process: '/usr/bin/db', user });
    assert.ok(exceptions.decideProcess(running));
    assert.equal(exceptions.decideProcess({ ...running, uid: 0 }), null);
  }
  const service = compile({ process: '/usr/bin/db', unit: 'db.service' });
  assert.ok(service.decideProcess(running));
  assert.equal(service.decideProcess({ ...running, unit: '' }), null);
  const both = compile({ process: '/usr/bin/db', user: 'db', unit: 'db.service' });
  assert.equal(both.decideProcess({ ...running, uid: 0 }), null);
  assert.equal(both.decideProcess({ ...running, unit: 'other.service' }), null);
  assert.equal(both.decideProcess({ ...running, inode: '78' }), null);
});

test('EX-2e: a name of digits and letters is a name', () => {
  const names: string[] = [];
  const userId = (name: string): number => {
    names.push(name);
    return 5;
  };
  for (const user of ['12', 'a1', '1a', '7']) compile({ process: '/usr/bin/db', user }, { userId });
  compile({ process: '/usr/bin/db' }, { userId });
  assert.deepEqual(names, ['a1', '1a']);
});

test('EX-2e: the content is asked for only where it is named, and one that differs makes it rest', () => {
  asked.length = 0;
  assert.ok(compile({ process: '/usr/bin/db', programSha256: HASH.toUpperCase() }).decideProcess(running));
  compile({ process: '/usr/bin/db' });
  assert.deepEqual(asked, ['/usr/bin/db true', '/usr/bin/db false']);
  const other = compile({ process: '/usr/bin/db', programSha256: 'cd'.repeat(32) });
  assert.equal(other.decideProcess(running), null);
  assert.deepEqual(told(other), [
    'exceptions.program_changed /realtime/exceptions/0: The exception is not applied, because the SHA-256 of /usr/bin/db differs from the one in the exception.',
  ]);
});

test('EX-2e: a program or an account that is not there, and a scan at rest, make it rest', () => {
  const absent = compile({ process: '/usr/bin/other' });
  assert.equal(absent.decideProcess(running), null);
  assert.deepEqual(told(absent), [
    'exceptions.program_missing /realtime/exceptions/0: /usr/bin/other does not exist. The exception takes effect when the program is installed.',
  ]);
  const nobody = compile({ process: '/usr/bin/db', user: 'who' });
  assert.equal(nobody.decideProcess(running), null);
  assert.deepEqual(told(nobody), [
    'exceptions.program_missing /realtime/exceptions/0: The account who does not exist. The exception takes effect when the account is created.',
  ]);
  const atRest = compile({ process: '/usr/bin/db' }, {}, 'scheduled');
  assert.equal(atRest.decideProcess(running), null);
  assert.deepEqual(told(atRest), [
    'exceptions.not_applied /scheduled/exceptions/0: The exception by process is not applied, because a scheduled scan opens the files itself.',
  ]);
});

test('EX-2g: a program, its folder or that of its name that everyone can write is warned of, each once', () => {
  for (const place of ['/usr/lib/db/db', '/usr/lib/db', '/usr/bin'])
    assert.deepEqual(told(compile({ process: '/usr/bin/db' }, { everyoneCanWrite: (path) => path === place })), [
      `exceptions.everyone_writes /realtime/exceptions/0: Every user can write to ${place}, so every user can decide what is not scanned.`,
    ]);
  assert.equal(told(compile({ process: '/usr/bin/db' }, { everyoneCanWrite: () => true })).length, 3);
});

test('EX-2c, EX-2d: a verdict is excepted by its hash, or where each of its threats is', () => {
  const exceptions = compileExceptions(
    'manual',
    [{ match: { sha256: HASH } }, { match: { pattern: 'PUA.*' } }, { match: { pattern: 'Test.?' } }],
    facts,
  );
  const by = (sha256: string | null, ...names: readonly string[]) =>
    contentException(exceptions, { sha256, threats: names.map((name) => ({ name })) });
  assert.equal(by(HASH, 'Unix.Worm'), '/manual/exceptions/0');
  assert.equal(by(HASH), '/manual/exceptions/0');
  assert.equal(by(null, 'PUA.Tool'), '/manual/exceptions/1');
  assert.equal(by('cd'.repeat(32), 'Test.A', 'PUA.Tool'), '/manual/exceptions/2');
  assert.equal(by(null, 'PUA.Tool', 'Unix.Worm'), null, 'one threat that is not excepted is enough');
  assert.equal(by(null, 'Unix.Worm', 'PUA.Tool'), null);
  assert.equal(by(null), null);
});

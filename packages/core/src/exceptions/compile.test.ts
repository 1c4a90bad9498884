// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exception } from '../policy/policy.ts';
import { temporal } from '../temporal.ts';
import { findExceptionFaults } from './check.ts';
import { compileExceptions, contentException, type ExceptionFacts, type Exceptions } from './compile.ts';

const HASH = 'ab'.repeat(32);

const facts: ExceptionFacts = {
  operatingSystem: 'linux',
  now: temporal.Instant.from('2027-01-01T00:00:00Z'),
  variables: { DATA: '/srv/data', EMPTY: '', RELATIVE: 'x' },
  userId: (name) => (name === 'db' ? 112 : null),
  everyoneCanWrite: (path) => path === '/tmp' || path.startsWith('/tmp/'),
  link: () => null,
  program: () => null,
};

function compile(exceptions: readonly Exception[], change: Partial<ExceptionFacts> = {}): Exceptions {
  return compileExceptions('scheduled', exceptions, { ...facts, ...change });
}

const matching = (...matches: readonly Exception['match'][]): Exceptions =>
  compile(matches.map((match) => ({ match })));

function fileHit(exceptions: Exceptions, path: string): string | null {
  const hit = exceptions.decideFile(path);
  return hit === null ? null : `${hit.by} ${hit.decidedBy}`;
}

describe('exceptions', () => {
  it('EX-1a: a directory holds all beneath, but no file of its name', () => {
    const exceptions = matching({ directory: '/srv/cache/' });
    assert.equal(fileHit(exceptions, '/srv/cache/a'), 'directory /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/srv/cache/a/b/c'), 'directory /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/srv/cache'), null);
    assert.equal(fileHit(exceptions, '/srv/cached/a'), null);
    assert.equal(exceptions.decideDirectory('/srv/cache')?.decidedBy, '/scheduled/exceptions/0');
    assert.equal(exceptions.decideDirectory('/srv/cache/x')?.decidedBy, '/scheduled/exceptions/0');
    assert.equal(exceptions.decideDirectory('/srv'), null);
    assert.equal(matching({ directory: '/' }).decideDirectory('/x')?.by, 'directory');
  });

  it('EX-1b: a file is itself alone', () => {
    const exceptions = matching({ file: '/srv/a.bin' }, { file: '/srv/*.iso' });
    assert.equal(fileHit(exceptions, '/srv/a.bin'), 'file /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/srv/b.iso'), 'file /scheduled/exceptions/1');
    assert.equal(fileHit(exceptions, '/srv/a.bin/x'), null);
    assert.equal(fileHit(exceptions, '/srv/x/b.iso'), null);
  });

  it('EX-1c: an extension as RT-3 means it', () => {
    const exceptions = matching({ extension: '.LOG' }, { extension: 'tar.gz' });
    assert.equal(fileHit(exceptions, '/a/b.log'), 'extension /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/a/B.TAR.GZ'), 'extension /scheduled/exceptions/1');
    assert.equal(fileHit(exceptions, '/a/b.gz'), null);
    assert.equal(exceptions.decideName('/a/b.log', 'b.log')?.by, 'extension');
  });

  it('EX-2a, EX-2b: wildcards and variables of the system', () => {
    const exceptions = matching({ directory: '${DATA}/*/tmp' }, { file: '/home/**/*.bak' });
    assert.equal(fileHit(exceptions, '/srv/data/x/tmp/1'), 'directory /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/home/a/b/c.bak'), 'file /scheduled/exceptions/1');
    assert.equal(fileHit(exceptions, '/home/c.bak'), 'file /scheduled/exceptions/1');
  });

  it('EX-2b: a variable that is unknown, empty or no place excepts nothing, and says so', () => {
    const exceptions = matching(
      { directory: '${EMPTY}/x' },
      { directory: '${RELATIVE}/x' },
      { directory: '${OTHER}/x' },
    );
    assert.deepEqual(
      exceptions.warnings.map(({ code, path }) => `${code} ${path}`),
      [0, 1, 2].map((index) => `exceptions.variable /scheduled/exceptions/${index}`),
    );
    assert.equal(fileHit(exceptions, '/x/a'), null);
    assert.equal(fileHit(exceptions, '/x/x/a'), null);
  });

  it('EX-2c, EX-2d: by SHA-256 and by the name of a pattern', () => {
    const exceptions = matching({ sha256: HASH.toUpperCase() }, { pattern: 'PUA.*' });
    assert.equal(exceptions.decideDigest(HASH)?.decidedBy, '/scheduled/exceptions/0');
    assert.equal(exceptions.decideDigest('00'.repeat(32)), null);
    assert.equal(exceptions.decideThreat('PUA.Tool.X')?.decidedBy, '/scheduled/exceptions/1');
    assert.equal(exceptions.decideThreat('Unix.PUA.X'), null);
    assert.equal(fileHit(exceptions, '/a'), null);
  });

  it('EX-2d: each threat of a file has to be excepted; where some are not told, no name speaks for them, its hash does', () => {
    const byName = matching({ pattern: 'PUA.*' });
    const [one, other] = [{ name: 'PUA.Tool.X' }, { name: 'Unix.Trojan.Y' }];
    const found = (threats: readonly { name: string }[], namesLeftOut?: number): string | null =>
      contentException(byName, { sha256: HASH, threats, namesLeftOut });
    assert.deepEqual([found([one, one]), found([one, one], 0)], ['/scheduled/exceptions/0', '/scheduled/exceptions/0']);
    assert.deepEqual([found([one, other]), found([]), found([one], 1)], [null, null, null]);
    const byHash = matching({ sha256: HASH });
    assert.equal(
      contentException(byHash, { sha256: HASH, threats: [one], namesLeftOut: 1 }),
      '/scheduled/exceptions/0',
    );
  });

  it('EX-2f: an expired one rests and says so; the next expiry is known', () => {
    const match = { directory: '/srv' };
    const exceptions = compile([
      { match, expires: '2027-01-01T00:00:00Z' },
      { match, expires: '2027-03-01T00:00:00Z' },
      { match, expires: '2027-02-01T00:00:00+01:00' },
    ]);
    assert.equal(fileHit(exceptions, '/srv/a'), 'directory /scheduled/exceptions/1');
    assert.equal(String(exceptions.nextExpiry), '2027-01-31T23:00:00Z');
    assert.deepEqual(
      exceptions.warnings.map(({ code, path }) => `${code} ${path}`),
      ['exceptions.expired /scheduled/exceptions/0'],
    );
    assert.equal(matching({ directory: '/a' }).nextExpiry, null);
  });

  it('EX-2f: one with a condition that is not known is never applied', () => {
    const strange = [
      { match: { directory: '/srv', process: '/usr/bin/db' } },
      { match: { file: '/srv/a' }, onlyOn: 'sunday' },
      { match: { process: '/x' } },
    ] as unknown as readonly Exception[];
    const exceptions = compile(strange);
    assert.equal(fileHit(exceptions, '/srv/a'), null);
    assert.equal(exceptions.warnings.length, 3);
    assert.ok(exceptions.warnings.every(({ code }) => code === 'exceptions.not_applied'));
  });

  it('EX-2g: a place that everyone can write is warned of', () => {
    const exceptions = matching({ directory: '/tmp/build/*' }, { directory: '/srv' });
    assert.deepEqual(
      exceptions.warnings.map(({ code, path }) => `${code} ${path}`),
      ['exceptions.everyone_writes /scheduled/exceptions/0'],
    );
  });

  it('EX-1a, EX-1b: a place that is reached over a link of root’s excepts what lies there, and says so', () => {
    const links: Record<string, string> = { '/data': '/srv/pool', '/etc/app.db': '/srv/app/real.db' };
    const link = (path: string) => {
      const target = links[path];
      return target === undefined ? null : { target, rootsAlone: true };
    };
    const matches = [{ directory: '/data' }, { file: '/etc/app.db' }, { file: '/data/*.log' }] as const;
    const exceptions = compile(
      matches.map((match) => ({ match })),
      { link },
    );
    assert.equal(fileHit(exceptions, '/srv/pool/a/b'), 'directory /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/data/a'), 'directory /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/srv/app/real.db'), 'file /scheduled/exceptions/1');
    assert.deepEqual(
      exceptions.warnings.map(({ code, path }) => `${code} ${path}`),
      [0, 1, 2].map((index) => `exceptions.link /scheduled/exceptions/${index}`),
    );
    const [globAlone] = [compile([{ match: { file: '/data/*.log' } }], { link })];
    assert.equal(fileHit(globAlone, '/srv/pool/x.log'), 'file /scheduled/exceptions/0');
    assert.equal(fileHit(globAlone, '/srv/pool/x.txt'), null);
  });

  it('EX-2g: a link that others can change excepts nothing but itself, and says so; an open target is warned of', () => {
    const others = compile([{ match: { directory: '/data' } }], {
      link: () => ({ target: '/', rootsAlone: false }),
    });
    assert.equal(fileHit(others, '/etc/passwd'), null);
    assert.match(others.warnings[0]?.message ?? '', /The files there are scanned/);
    const open = compile([{ match: { directory: '/data' } }], {
      link: () => ({ target: '/tmp/x', rootsAlone: true }),
    });
    assert.deepEqual(
      open.warnings.map(({ code }) => code),
      ['exceptions.link', 'exceptions.everyone_writes'],
    );
  });

  it('EX-2a: Windows knows no case and both separators', () => {
    const exceptions = compile(
      [{ match: { directory: String.raw`C:\Data\*\Cache` } }, { match: { file: String.raw`\${TEMP}\a.tmp`.slice(1) } }],
      {
        operatingSystem: 'windows',
        variables: { TEMP: String.raw`C:\Windows\Temp` },
      },
    );
    assert.equal(fileHit(exceptions, String.raw`c:\data\x\CACHE\y`), 'directory /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, 'C:/windows/TEMP/A.tmp'), 'file /scheduled/exceptions/1');
  });

  it('EX-2f, EX-2g, EX-2b: what is said of an exception names its place and what follows', () => {
    const told = (exception: object, change: Partial<ExceptionFacts> = {}): readonly string[] =>
      compile([exception as Exception], change).warnings.map(({ message }) => message);
    assert.deepEqual(told({ match: { file: '/a' }, expires: '2026-12-31T00:00:00Z' }), [
      'The exception expired at 2026-12-31T00:00:00Z.',
    ]);
    assert.deepEqual(told({ match: { file: '/a' }, onlyOn: 'sunday' }), [
      'The exception has an unknown condition, so it is not applied.',
    ]);
    assert.deepEqual(told({ match: { directory: '/tmp/a' } }), [
      'Every user can write to /tmp/a, and files there are not scanned.',
    ]);
    const link = () => ({ target: '/srv/pool', rootsAlone: true });
    assert.deepEqual(told({ match: { directory: '/data' } }, { link }), [
      '/data leads to /srv/pool through a symbolic link. The exception applies to the files there.',
    ]);
    for (const file of ['/srv/${OTHER}/x', '/a/b**', '${ROOT}x', '${SHARE}/x', '${RELATIVE}/x'])
      assert.deepEqual(
        told({ match: { file } }, { variables: { ROOT: '/', SHARE: '//server/share', RELATIVE: 'srv/x' } }),
        [`The exception is not applied, because "${file}" contains a variable that has no value on this VM.`],
      );
    const windows = { operatingSystem: 'windows', everyoneCanWrite: (path: string) => path === 'c:/temp' } as const;
    assert.deepEqual(told({ match: { directory: String.raw`C:\Temp` } }, windows), [
      'Every user can write to c:/temp, and files there are not scanned.',
    ]);
  });

  it('EX-2a, EX-2b: letters of either case are different names, and an empty variable within a name is nothing', () => {
    const exceptions = matching({ file: '/srv/A' }, { file: '/srv/a${EMPTY}.b' }, { file: '/srv/*.iso' });
    assert.equal(fileHit(exceptions, '/srv/A'), 'file /scheduled/exceptions/0');
    assert.equal(fileHit(exceptions, '/srv/a'), null);
    assert.equal(fileHit(exceptions, '/srv/a.b'), 'file /scheduled/exceptions/1');
    assert.equal(fileHit(exceptions, '/srv/x.iso/y'), null, 'a file holds nothing beneath');
  });

  it('EX-2f: the next expiry is the earliest, wherever it stands', () => {
    const match = { directory: '/srv' };
    const expiries = ['2027-03-01T00:00:00Z', '2027-02-01T00:00:00Z', '2027-04-01T00:00:00Z'];
    const exceptions = compile([...expiries.map((expires) => ({ match, expires })), { match }]);
    assert.equal(String(exceptions.nextExpiry), '2027-02-01T00:00:00Z');
  });

  it('EX-1a, EX-1b, EX-2c: what cannot be one is refused with its pointer', () => {
    const codes = (match: unknown): readonly string[] =>
      findExceptionFaults({ match } as Exception, 'linux').map(({ code, path }) => `${code} ${path}`);
    assert.deepEqual(codes({ directory: 'srv' }), ['exceptions.relative /match/directory']);
    assert.deepEqual(codes({ directory: '//srv/x' }), ['targets.network /match/directory']);
    assert.deepEqual(codes({ file: '/a/../b' }), ['path.not_canonical /match/file']);
    assert.deepEqual(codes({ file: '/a/b**' }), ['exceptions.glob /match/file']);
    assert.deepEqual(codes({ sha256: 'xyz' }), ['exceptions.sha256 /match/sha256']);
    assert.deepEqual(codes({ pattern: '*' }), ['exceptions.glob /match/pattern']);
    assert.deepEqual(codes({ extension: 'a/b' }), ['targets.extension /match/extension']);
    assert.deepEqual(codes({}), ['exceptions.one_match /match']);
    assert.deepEqual(codes({ file: '/a', directory: '/b' }), ['exceptions.one_match /match']);
    assert.deepEqual(codes({ directory: '${DATA}/x' }), []);
  });
});

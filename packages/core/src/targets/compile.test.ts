// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultPolicy } from '../policy/policy-defaults.ts';
import type { DirectoryEntry, FileScope, ScanSettings } from '../policy/policy.ts';
import { findDirectoryScopeFaults, findFileScopeFaults } from './check.ts';
import { compileTargets, type EntryFacts, type TargetFacts, type Targets } from './compile.ts';
import { classifyFileSystem } from './file-systems.ts';
import { isTypeInScope } from './intelliscan.ts';

const facts = (change: Partial<TargetFacts> = {}): TargetFacts => ({
  operatingSystem: 'linux',
  entries: [],
  ownDirectories: ['/var/opt/lazaret'],
  intelliScan: {
    types: ['elf', 'zip', 'script'],
    textTypes: ['text', 'html'],
    listedNames: ['.php', '.tar.gz', 'crontab', 'odd.'],
  },
  ...change,
});

const there = (target: string): EntryFacts => ({ exists: true, target, fileSystem: 'local' });

function listed(entries: readonly DirectoryEntry[], entryFacts?: readonly EntryFacts[]): Targets {
  const settings: ScanSettings = { ...defaultPolicy.manual, directories: { kind: 'list', entries } };
  return compileTargets('manual', settings, facts({ entries: entryFacts ?? entries.map(({ path }) => there(path)) }));
}

function named(files: FileScope): Targets {
  return compileTargets('scheduled', { ...defaultPolicy.scheduled, files }, facts());
}

function decide(targets: Targets, path: string): string {
  const { inScope, decidedBy, why } = targets.decide({ path, fileSystem: 'local' });
  return `${inScope ? 'in' : 'out'} ${why} ${decidedBy}`;
}

describe('directory scope', () => {
  it('RT-2c: all directories but pseudo and network file systems and the vault', () => {
    const all = compileTargets('manual', defaultPolicy.manual, facts());
    assert.deepEqual(all.roots, ['/']);
    assert.equal(decide(all, '/etc/passwd'), 'in all /manual/directories');
    assert.equal(decide(all, '/var/opt/lazaret/vault/1'), 'out vault /manual/directories');
    assert.equal(decide(all, '/var/opt/lazaret-other/1'), 'in all /manual/directories');
    for (const [type, why] of [
      ['proc', 'pseudo'],
      ['nfs4', 'network'],
      ['fuse.sshfs', 'network'],
    ] as const) {
      const decision = all.forDirectory('/mnt', classifyFileSystem(type));
      assert.deepEqual([decision.files, decision.descend, decision.why], [false, false, why], type);
    }
  });

  it('RT-2b: a list with and without sub-directories', () => {
    const targets = listed([
      { path: '/srv', subdirectories: true },
      { path: '/home/', subdirectories: false },
    ]);
    assert.equal(decide(targets, '/srv/a/b/c'), 'in listed /manual/directories/entries/0');
    assert.equal(decide(targets, '/srv/c'), 'in listed /manual/directories/entries/0');
    assert.equal(decide(targets, '/home/c'), 'in listed /manual/directories/entries/1');
    assert.equal(decide(targets, '/home/user/c'), 'out not-listed /manual/directories');
    assert.equal(decide(targets, '/srvs/c'), 'out not-listed /manual/directories');
    assert.equal(decide(targets, '/c'), 'out not-listed /manual/directories');
  });

  it('RT-2b: a walk goes where an entry can be, and nowhere else', () => {
    const targets = listed([
      { path: '/srv/www', subdirectories: true },
      { path: '/home', subdirectories: false },
      { path: '/home/a/b', subdirectories: true },
    ]);
    const walk = (path: string): readonly boolean[] => {
      const { files, descend } = targets.forDirectory(path, 'local');
      return [files, descend];
    };
    assert.deepEqual(walk('/'), [false, true]);
    assert.deepEqual(walk('/srv'), [false, true]);
    assert.deepEqual(walk('/srv/www'), [true, true]);
    assert.deepEqual(walk('/srv/other'), [false, false]);
    assert.deepEqual(walk('/home'), [true, true]);
    assert.deepEqual(walk('/home/a'), [false, true]);
    assert.deepEqual(walk('/home/x'), [false, false]);
    assert.deepEqual(walk('/home/a/b/c'), [true, true]);
    assert.deepEqual([...targets.roots].toSorted(), ['/home', '/home/a/b', '/srv/www']);
  });

  it('RT-2b: an entry inside another is no root of its own, and the nearest decides', () => {
    const targets = listed([
      { path: '/srv', subdirectories: true },
      { path: '/srv/www', subdirectories: false },
    ]);
    assert.deepEqual(targets.roots, ['/srv']);
    assert.equal(decide(targets, '/srv/www/x'), 'in listed /manual/directories/entries/1');
    assert.equal(decide(targets, '/srv/www/a/x'), 'in listed /manual/directories/entries/0');
  });

  it('RT-2b: the root as an entry, and the same place twice: the wider counts', () => {
    assert.equal(
      decide(listed([{ path: '/', subdirectories: true }]), '/a/b'),
      'in listed /manual/directories/entries/0',
    );
    const twice = listed([
      { path: '/srv', subdirectories: false },
      { path: '//srv/./'.slice(1), subdirectories: true },
    ]);
    assert.equal(decide(twice, '/srv/a/b'), 'in listed /manual/directories/entries/1');
  });

  it('RT-2b: of the same place twice the first counts, unless the second is wider; no sub-directories means none', () => {
    const first = listed([
      { path: '/srv', subdirectories: true },
      { path: '/srv', subdirectories: false },
      { path: '/srv', subdirectories: true },
      { path: '/opt', subdirectories: false },
      { path: '/opt', subdirectories: false },
    ]);
    assert.equal(decide(first, '/srv/a/b'), 'in listed /manual/directories/entries/0');
    assert.equal(decide(first, '/opt/b'), 'in listed /manual/directories/entries/3');
    assert.equal(first.forDirectory('/opt', 'local').descend, false);
    assert.deepEqual(listed([{ path: '/', subdirectories: true }]).roots, ['/']);
  });

  it('RT-2c: each of our own places is left out, and what is left out is not looked at by content either', () => {
    const all = compileTargets(
      'manual',
      defaultPolicy.manual,
      facts({ ownDirectories: ['/var/opt/lazaret', '/etc/lazaret'] }),
    );
    for (const path of ['/var/opt/lazaret/a', '/etc/lazaret/a'])
      assert.deepEqual(all.decide({ path, fileSystem: 'local' }), {
        inScope: false,
        byContent: false,
        nameListed: false,
        decidedBy: '/manual/directories',
        why: 'vault',
      });
    assert.deepEqual(all.forDirectory('/srv', 'local'), {
      files: true,
      descend: true,
      decidedBy: '/manual/directories',
      why: 'all',
    });
    assert.deepEqual(all.warnings, []);
  });

  it('RT-2e, LM-8b: of each entry is said what it is not: there, or on a file system that is covered', () => {
    const entries = ['/a', '/b', '/c', '/d', '/e'].map((path) => ({ path, subdirectories: true }));
    const targets = listed(entries, [
      there('/a'),
      { ...there('/b'), fileSystem: 'pseudo' },
      { ...there('/c'), fileSystem: 'fuse-network' },
      { ...there('/d'), fileSystem: null },
    ]);
    assert.deepEqual(
      targets.warnings.map(({ path, message }) => `${path} ${message}`),
      [
        '/manual/directories/entries/1 /b is on a pseudo file system and is not covered.',
        '/manual/directories/entries/2 /c is on a network file system and is not covered.',
        '/manual/directories/entries/4 /e does not exist. It is scanned when it is created.',
      ],
    );
    assert.equal(decide(targets, '/e/x'), 'in listed /manual/directories/entries/4', 'nothing is known of it yet');
  });

  it('LM-8b: a FUSE program that nobody listed is told by what it says it mounts; no other file system is', () => {
    assert.equal(classifyFileSystem('fuse', 'host:/x'), 'fuse-network');
    assert.equal(classifyFileSystem('fuse', '/dev/fuse'), 'local');
    for (const type of ['ext4', 'fuseblk', 'refuse.x'])
      assert.equal(classifyFileSystem(type, 'host:/x'), 'local', type);
  });

  it('RT-2d, LM-8a: an empty list and a network drive are refused', () => {
    const codes = (...paths: readonly string[]): readonly string[] =>
      findDirectoryScopeFaults(
        { kind: 'list', entries: paths.map((path) => ({ path, subdirectories: true })) },
        'linux',
      ).map(({ code, path }) => `${code} ${path}`);
    assert.deepEqual(codes(), ['targets.empty_list /entries']);
    const network = [
      String.raw`\\server\share`,
      '//server/share',
      'nfs:/export',
      'NFS:x',
      'smb://h/s',
      'host:/export',
      'u@host:/x',
    ];
    assert.deepEqual(
      codes('/ok', ...network),
      network.map((_, index) => `targets.network /entries/${index + 1}/path`),
    );
    assert.deepEqual(codes('relative', '', '/a/../b', 'C:\\x'), [
      'targets.relative /entries/0/path',
      'targets.relative /entries/1/path',
      'path.not_canonical /entries/2/path',
      'targets.relative /entries/3/path',
    ]);
    assert.deepEqual(codes('/srv/a:b/..c'), []);
  });

  it('RT-2e: an entry that does not exist is a warning', () => {
    const targets = listed(
      [{ path: '/later', subdirectories: true }],
      [{ exists: false, target: '/later', fileSystem: null }],
    );
    assert.deepEqual(
      targets.warnings.map(({ code, path }) => `${code} ${path}`),
      ['targets.missing /manual/directories/entries/0'],
    );
    assert.equal(decide(targets, '/later/x'), 'in listed /manual/directories/entries/0');
  });

  it('RT-2f: an entry that is a symbolic link means its target', () => {
    const targets = listed([{ path: '/www', subdirectories: true }], [there('/srv/real')]);
    assert.equal(decide(targets, '/srv/real/x'), 'in listed /manual/directories/entries/0');
    assert.equal(decide(targets, '/www/x'), 'out not-listed /manual/directories');
    assert.deepEqual(targets.roots, ['/srv/real']);
  });

  it('LM-8b, LM-8d: what lies on a network is not scanned, whatever path leads there, and a list entry says so', () => {
    const targets = listed(
      [{ path: '/mnt/nas', subdirectories: true }],
      [{ exists: true, target: '/mnt/nas', fileSystem: 'network' }],
    );
    assert.deepEqual(
      targets.warnings.map(({ code, path }) => `${code} ${path}`),
      ['targets.not_covered /manual/directories/entries/0'],
    );
    for (const type of [
      'nfs',
      'nfs4',
      'cifs',
      'smb3',
      '9p',
      'ceph',
      'glusterfs',
      'afs',
      'fuse.sshfs',
      'fuse.s3fs',
      'fuse.glusterfs',
    ])
      assert.equal(targets.forDirectory('/mnt/nas/sub', classifyFileSystem(type)).files, false, type);
    assert.equal(classifyFileSystem('fuse.own-program', 'host:/share'), 'fuse-network');
    for (const type of [
      'ext4',
      'xfs',
      'btrfs',
      'zfs',
      'overlay',
      'tmpfs',
      'squashfs',
      'vfat',
      'fuseblk',
      'fuse.ntfs-3g',
      'new-in-2030',
    ])
      assert.equal(classifyFileSystem(type, '/dev/sda1'), 'local', type);
  });

  it("RT-2b: Windows' paths know no case, and a drive is a root", () => {
    const settings: ScanSettings = {
      ...defaultPolicy.manual,
      directories: { kind: 'list', entries: [{ path: String.raw`C:\Data`, subdirectories: true }] },
    };
    const targets = compileTargets(
      'manual',
      settings,
      facts({ operatingSystem: 'windows', entries: [there('C:\\Data')] }),
    );
    assert.equal(decide(targets, String.raw`c:\DATA\x\y.txt`), 'in listed /manual/directories/entries/0');
    assert.equal(decide(targets, String.raw`d:\data\y.txt`), 'out not-listed /manual/directories');
    assert.deepEqual(targets.roots, ['C:\\Data']);
  });
});

describe('file scope', () => {
  it('RT-3a: all files', () => {
    assert.equal(decide(named({ kind: 'all' }), '/x'), 'in all /scheduled/directories');
  });

  it('RT-3c: extensions without regard to case, tar.gz as one, none, and with a leading dot', () => {
    const targets = named({ kind: 'extensions', extensions: ['exe', '.Tar.GZ', '', 'ÄÖ'] });
    const by = (name: string): string => decide(targets, `/x/${name}`);
    assert.equal(by('a.exe'), 'in extension /scheduled/files/extensions/0');
    assert.equal(by('A.EXE'), 'in extension /scheduled/files/extensions/0');
    assert.equal(by('a.tar.gz'), 'in extension /scheduled/files/extensions/1');
    assert.equal(by('a.gz'), 'out no-extension-listed /scheduled/files');
    assert.equal(by('tar.gz'), 'out no-extension-listed /scheduled/files');
    assert.equal(by('README'), 'in extension /scheduled/files/extensions/2');
    assert.equal(by('name.'), 'in extension /scheduled/files/extensions/2');
    assert.equal(by('.bashrc'), 'in extension /scheduled/files/extensions/2');
    assert.equal(by('x.äö'), 'in extension /scheduled/files/extensions/3');
    assert.equal(by('exe'), 'in extension /scheduled/files/extensions/2');
    assert.equal(by('a.exe.txt'), 'out no-extension-listed /scheduled/files');
  });

  it('RT-3c: of one extension twice the first counts, and only what follows a dot is one', () => {
    const targets = named({ kind: 'extensions', extensions: ['exe', '.EXE', 'b'] });
    const decision = (path: string) => targets.decide({ path, fileSystem: 'local' });
    assert.deepEqual(decision('/x/a.exe'), {
      inScope: true,
      byContent: false,
      nameListed: false,
      decidedBy: '/scheduled/files/extensions/0',
      why: 'extension',
    });
    for (const name of ['xexe', 'a.xexe', 'README', 'name.'])
      assert.deepEqual(decision(`/x/${name}`), {
        inScope: false,
        byContent: false,
        nameListed: false,
        decidedBy: '/scheduled/files',
        why: 'no-extension-listed',
      });
    assert.deepEqual(named({ kind: 'all' }).forName('x'), {
      inScope: true,
      byContent: false,
      nameListed: false,
      decidedBy: '/scheduled/files',
      why: 'all',
    });
  });

  it('RT-3c: what cannot be an extension is refused', () => {
    const codes = findFileScopeFaults({ kind: 'extensions', extensions: ['a/b', '*', 'ok', '..', '.', '', 'tar.gz'] });
    assert.deepEqual(
      codes.map(({ path }) => path),
      ['/extensions/0', '/extensions/1', '/extensions/3', '/extensions/4'],
    );
    assert.deepEqual(findFileScopeFaults({ kind: 'extensions', extensions: [] })[0]?.code, 'targets.no_extensions');
  });

  it('RT-3b, RT-3e: IntelliScan goes by type; the name only ever adds', () => {
    const targets = named({ kind: 'intelliscan' });
    const rule = targets.typeRule;
    assert.ok(rule);
    const scanned = (name: string, trueType: string): boolean => {
      const { inScope, byContent, nameListed } = targets.decide({ path: `/x/${name}`, fileSystem: 'local' });
      assert.ok(inScope && byContent);
      assert.equal(targets.forName(name).why, 'content');
      return isTypeInScope(rule, trueType, nameListed);
    };
    assert.equal(scanned('picture.jpg', 'elf'), true);
    assert.equal(scanned('notes.txt', 'text'), false);
    assert.equal(scanned('index.PHP', 'text'), true);
    assert.equal(scanned('crontab', 'text'), true);
    assert.equal(scanned('old.tar.gz', 'text'), true);
    assert.equal(scanned('x.php', 'jpeg'), false);
    assert.equal(scanned('odd.', 'text'), true);
    assert.equal(named({ kind: 'all' }).typeRule, null);
  });
});

// SPDX-License-Identifier: Apache-2.0
// A disk with the product of this checkout, as its user has it: sources, native programs, the pinned Node, and of the npm packages those that are not for
// development. The cloud kernel of Debian has no 9p, so a folder cannot be shared. The disk is made again when a file of it has changed.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeOld } from './image.ts';
import { isObject } from './json-lines.ts';

const ROOT = join(import.meta.dirname, '../..');
const PLACE = join(ROOT, '.build/vm-lab');
const SOURCES = ['lazaret', 'package.json', 'tools/node', 'tools/product-node', 'apps', 'packages', 'patterns'];
const FACES = ['native/safefs', 'native/fdlink'];
const PROGRAMS = ['scanner', 'gate', 'supervisor', 'clamd-door'].map((name) => `.build/native/bin/lazaret-${name}`);
/** Making takes seconds: what is older was left by one that was killed. */
const LEFT_DAYS_MAX = 1 / 24;
const BLOCK_BYTES = 4_096;
/** What a file system has for itself, and room for what the product writes beside its sources. */
const SPARE_BYTES = 96 * 1024 * 1024;

interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly stamp: string;
}

/** Its path. */
export function productDisk(): string {
  const found = productFiles();
  const hash = createHash('sha256');
  for (const { path, stamp } of found) hash.update(`${path}\0${stamp}\0`);
  const disk = join(PLACE, `product-${hash.digest('hex').slice(0, 16)}.img`);
  if (!existsSync(disk)) makeDisk(disk, found);
  return disk;
}

function makeDisk(disk: string, found: readonly Found[]): void {
  mkdirSync(PLACE, { recursive: true });
  removeOld(PLACE, /^making-/, LEFT_DAYS_MAX, new Date());
  const making = mkdtempSync(join(PLACE, 'making-'));
  try {
    const [tree, made] = [join(making, 'tree'), join(making, 'disk')];
    mkdirSync(tree);
    // Linked, not copied.
    const names = found.map(({ path }) => `${path}\0`).join('');
    execFileSync('cpio', ['-0', '-pdl', '--quiet', tree], { cwd: ROOT, input: names });
    const bytes = found.reduce((sum, one) => sum + Math.ceil(one.bytes / BLOCK_BYTES + 1) * BLOCK_BYTES, SPARE_BYTES);
    const kibibytes = String(Math.ceil(bytes / 1_024));
    execFileSync('mke2fs', ['-q', '-t', 'ext4', '-L', 'lazaret', '-m', '0', '-d', tree, made, kibibytes]);
    for (const old of readdirSync(PLACE).filter((name) => /^product-.*\.img$/.test(name))) rmSync(join(PLACE, old));
    renameSync(made, disk);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function productFiles(): readonly Found[] {
  const argv = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...SOURCES, ...FACES];
  const sources = execFileSync('git', argv, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  const built = [...PROGRAMS, ...filesBelow('.build/native/addon'), ...filesBelow('apps/console/dist')];
  const paths = [...sources, ...built, ...filesBelow(nodePackage()), ...npmFiles()];
  return [...new Set(paths)].toSorted().flatMap((path): readonly Found[] => {
    const stats = lstatSync(join(ROOT, path), { throwIfNoEntry: false });
    // Removed from the work tree and not from git yet.
    if (stats === undefined) return [];
    return [{ path, bytes: stats.size, stamp: `${stats.size} ${stats.mtimeMs} ${stats.mode}` }];
  });
}

function nodePackage(): string {
  const name = readdirSync(join(ROOT, '.runtime/node_modules')).find((one) => one.startsWith('node-linux-'));
  return `.runtime/node_modules/${name}/bin`;
}

/** As npm noted when it installed them. The links of the workspaces lead to the sources. */
function npmFiles(): readonly string[] {
  const lock: unknown = JSON.parse(readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8'));
  if (!isObject(lock) || !isObject(lock['packages'])) throw new Error('npm left no list of its packages');
  const wanted = Object.entries(lock['packages']).filter(
    ([path, one]) => path.includes('node_modules/') && isObject(one) && one['dev'] !== true && one['optional'] !== true,
  );
  return wanted.flatMap(([path, one]) => (isObject(one) && one['link'] === true ? [path] : filesBelow(path)));
}

function filesBelow(directory: string): readonly string[] {
  const entries = readdirSync(join(ROOT, directory), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1));
}

// SPDX-License-Identifier: Apache-2.0
// AC-14: places by which a VM is run. Who can take a file from there, or put one there, is root. Linux; paths are absolute and canonical.
import { canonicalPath } from '../paths.ts';

/** Facts of the VM that the list depends on. */
export interface ProtectedFacts {
  /** State, run directory and programs of the product itself. */
  readonly ownDirectories: readonly string[];
  /** Home directories of the VM's accounts, where they are no directory of the system. */
  readonly homes: readonly string[];
}

/** Settings, start-up, programs and libraries, the package database, scheduled jobs, the kernel's own files. */
const SYSTEM_PLACES: readonly string[] = [
  '/etc',
  '/root',
  '/boot',
  '/efi',
  '/dev',
  '/proc',
  '/sys',
  '/run',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib',
  '/usr/lib32',
  '/usr/lib64',
  '/usr/libx32',
  '/usr/libexec',
  '/usr/etc',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/local/lib',
  '/usr/local/libexec',
  '/usr/local/etc',
  '/usr/share/dbus-1',
  '/usr/share/polkit-1',
  '/usr/share/pam-configs',
  '/usr/share/initramfs-tools',
  '/var/lib/dpkg',
  '/var/lib/rpm',
  '/var/lib/apt',
  '/var/lib/dnf',
  '/var/lib/zypp',
  '/var/cache/apt/archives',

  '/var/spool/cron',
  '/var/spool/at',
  '/var/spool/anacron',
  '/var/lib/systemd',
  '/var/lib/cloud',
  '/var/lib/polkit-1',
  '/lost+found',
  '/snap',
];

/** Whoever writes one of these in whatever directory decides who may sign in there. */
const PROTECTED_NAMES: ReadonlySet<string> = new Set(['.ssh', 'authorized_keys', '.rhosts', '.shosts', 'sudoers']);

/** Whether a path, or the directory itself, is one of the VM's protected places. A text that is no absolute path, or goes up, is. */
export function isProtectedPlace(path: string, { ownDirectories, homes }: ProtectedFacts): boolean {
  if (!path.startsWith('/') || path.split('/').includes('..')) return true;
  const place = canonicalPath(path, 'linux');
  if ([...SYSTEM_PLACES, ...ownDirectories].some((above) => isWithin(place, above))) return true;
  const names = place.split('/').slice(1);
  if (names.some((name) => PROTECTED_NAMES.has(name))) return true;
  return homes.some((home) => isWithin(place, home) && place.slice(home.length).startsWith('/.')) || isDotInHome(names);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

/** `/home/NAME/.profile`: also of accounts that no list has. */
function isDotInHome([home, , first]: readonly string[]): boolean {
  return home === 'home' && (first?.startsWith('.') ?? false);
}

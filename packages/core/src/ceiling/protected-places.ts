// SPDX-License-Identifier: Apache-2.0
// AC-14: places by which a VM is run. Who can take a file from there, or put one there, is root. Linux; paths are absolute and canonical.
import { canonicalPath } from '../text/paths.ts';

/** Facts of the VM that the list depends on. */
export interface ProtectedFacts {
  /** State, run directory and programs of the product itself. */
  readonly ownDirectories: readonly string[];
  /** Home directories of the VM's accounts, where they are no directory of the system. */
  readonly homes: readonly string[];
  /** Where places of the system really lie on this VM, whose own path has a link in it. */
  readonly systemElsewhere: readonly string[];
}

/** Settings, start-up, programs and libraries, the package database, scheduled jobs, the kernel's own files. */
export const SYSTEM_PLACES: readonly string[] = [
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
  // Whole: what lies in `/usr/share` is read and run as well – modules of Perl and Python, completions of the shell, maintainers' scripts.
  '/usr',
  '/nix',
  '/gnu',
  '/snap',
  // The system's own tree by another name, and the same of earlier days.
  '/sysroot',
  '/ostree',
  '/.snapshots',
  '/lost+found',
  // Copies of the accounts and of the package database.
  '/var/backups',
  '/var/lib/dpkg',
  '/var/lib/rpm',
  '/var/lib/apt',
  '/var/lib/dnf',
  '/var/lib/zypp',
  '/var/lib/pacman',
  '/var/lib/alternatives',
  '/var/lib/snapd',
  '/var/lib/flatpak',
  '/var/cache/apt/archives',
  '/var/spool/cron',
  '/var/spool/at',
  '/var/spool/anacron',
  '/var/lib/systemd',
  '/var/lib/cloud',
  '/var/lib/waagent',
  '/var/lib/kubelet',
  // Who may sign in, and by which secret.
  '/var/lib/polkit-1',
  '/var/lib/AccountsService',
  '/var/lib/NetworkManager',
  '/var/lib/sss',
  '/var/lib/samba/private',
  '/var/lib/krb5kdc',
  '/var/kerberos',
  '/var/lib/sudo',
  '/var/db',
];

/** Whoever writes one of these in whatever directory decides who may sign in there; whoever reads one can guess at its passwords. */
const PROTECTED_NAMES: ReadonlySet<string> = new Set([
  '.ssh',
  'authorized_keys',
  '.rhosts',
  '.shosts',
  'sudoers',
  'sudoers.d',
  '.snapshots',
  ...['shadow', 'gshadow'].flatMap((name) => [name, `${name}-`, `${name}.bak`]),
]);

/** Whether a path, or the directory itself, is one of the VM's protected places. A text that is no absolute path, or goes up, is. */
export function isProtectedPlace(path: string, { ownDirectories, homes, systemElsewhere }: ProtectedFacts): boolean {
  if (!path.startsWith('/') || path.split('/').includes('..')) return true;
  const place = canonicalPath(path, 'linux');
  const places = [...SYSTEM_PLACES, ...systemElsewhere, ...ownDirectories];
  if (places.some((above) => isWithin(place, above))) return true;
  const names = place.split('/').slice(1);
  if (names.some((name) => PROTECTED_NAMES.has(name))) return true;
  return homes.some((home) => isWithin(place, home) && place.slice(home.length).startsWith('/.')) || isDotInHome(names);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

/** `/home/NAME/.profile`, `/home/DOMAIN/NAME/.profile`: also of accounts that no list has. */
function isDotInHome([home, , ...beneath]: readonly string[]): boolean {
  return home === 'home' && beneath.slice(0, 2).some((name) => name.startsWith('.'));
}

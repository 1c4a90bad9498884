// SPDX-License-Identifier: Apache-2.0
// The places of a quick scan (SC-6): running programs, start-up places, temporary and download places. What changed lately
// elsewhere is found by a walk that opens nothing else.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Root } from './source.ts';
import { realPath } from './vm-facts.ts';

/** A file that changed within so long is looked at wherever it lies. */
const QUICK_CHANGED_WITHIN_MS = 24 * 60 * 60 * 1000;

const START_UP = [
  '/etc/cron.d',
  '/etc/cron.hourly',
  '/etc/cron.daily',
  '/etc/cron.weekly',
  '/etc/cron.monthly',
  '/etc/crontab',
  '/var/spool/cron',
  '/etc/init.d',
  '/etc/rc.local',
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd',
  '/etc/profile',
  '/etc/profile.d',
  '/etc/bash.bashrc',
  '/etc/ld.so.preload',
  '/etc/xdg/autostart',
  '/etc/udev/rules.d',
  '/etc/update-motd.d',
];
const TEMPORARY = ['/tmp', '/var/tmp', '/dev/shm', '/run/user'];
const OF_A_HOME = [
  '.bashrc',
  '.bash_profile',
  '.profile',
  '.zshrc',
  '.config/autostart',
  '.config/systemd/user',
  '.ssh/rc',
  'Downloads',
  'ダウンロード',
];

export function quickRoots(nowMs: number, localTypes: readonly string[]): readonly Root[] {
  const wanted = [
    ...runningPrograms(),
    ...START_UP,
    ...TEMPORARY,
    ...homes().flatMap((home) => OF_A_HOME.map((name) => `${home}/${name}`)),
  ];
  const paths = new Map<string, Buffer>();
  for (const path of wanted) {
    const real = realPath(path);
    if (real !== null) paths.set(real.toString('latin1'), real);
  }
  const kept = [...paths.keys()].filter((path) => !ancestors(path).some((above) => paths.has(above)));
  const places = kept.toSorted().map((path) => Buffer.from(path, 'latin1'));
  const roots = places.map((path) => ({ path, subdirectories: true, crossFileSystemTypes: [] }));
  const changedSinceMs = nowMs - QUICK_CHANGED_WITHIN_MS;
  const lately = {
    path: Buffer.from('/'),
    subdirectories: true,
    crossFileSystemTypes: localTypes,
    changedSinceMs,
    prune: places,
  };
  return [...roots, lately];
}

function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) above.push(path.slice(0, at));
  return above;
}

/** Executables of all processes; one that was deleted has no place any more to be scanned at. */
function runningPrograms(): string[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const target = readlinkSync(`/proc/${name}/exe`);
      return target.endsWith(' (deleted)') ? [] : [target];
    } catch {
      return [];
    }
  });
}

function homes(): string[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return [...new Set(lines.flatMap((line) => line.split(':')[5] ?? []))].filter(
    (home) => home.length > 1 && realPath(home) !== null,
  );
}

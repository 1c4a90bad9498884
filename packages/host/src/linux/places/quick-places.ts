// SPDX-License-Identifier: Apache-2.0
// Where malware starts on Linux: running programs, start-up places, temporary and download places.
import { readdirSync, readlinkSync } from 'node:fs';
import { readHomes } from '../machine/accounts.ts';
import { realPath } from '../processes/vm-facts.ts';

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

/** Paths that may not be there, in the order of what is looked at first. */
export function quickPlaces(): readonly string[] {
  return [
    ...runningPrograms(),
    ...START_UP,
    ...TEMPORARY,
    ...homes().flatMap((home) => OF_A_HOME.map((name) => `${home}/${name}`)),
  ];
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
  return [...new Set(readHomes())].filter((home) => home.length > 1 && realPath(home) !== null);
}

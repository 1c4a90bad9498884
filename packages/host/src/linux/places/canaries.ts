// SPDX-License-Identifier: Apache-2.0
// Canaries: files of the operating system itself. A release that detects one of them would take the machine down with it,
// so it is not put in force (PF-4). Owns the descriptors while a load lasts.
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PLACES = [
  '/bin/sh',
  '/bin/bash',
  '/bin/ls',
  '/bin/cat',
  '/bin/mount',
  '/bin/login',
  '/usr/bin/env',
  '/usr/bin/perl',
  '/usr/bin/python3',
  '/usr/bin/ssh',
  '/usr/bin/curl',
  '/usr/bin/wget',
  '/usr/bin/dpkg',
  '/usr/bin/rpm',
  '/usr/sbin/sshd',
  '/usr/sbin/cron',
  '/sbin/init',
  '/lib/systemd/systemd',
  '/etc/passwd',
  '/etc/group',
  '/etc/profile',
  '/etc/bash.bashrc',
  '/etc/crontab',
  '/etc/ssh/sshd_config',
  '/etc/hosts',
];
const LIBRARIES =
  /^(ld-linux.*|libc|libcrypto|libssl|libpthread|libm|libz|libpam|libselinux|libsystemd|libnss_files)\.so/;

/** Runs `work` with open descriptors of the canaries and their paths in the same order. */
export async function withCanaries<T>(
  work: (descriptors: readonly number[], paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const paths = [...PLACES.filter((path) => existsSync(path)), ...libraries()];
  const descriptors = paths.map((path) => openSync(path, 'r'));
  try {
    return await work(descriptors, paths);
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

function libraries(): string[] {
  return ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/usr/lib64'].flatMap((directory) =>
    existsSync(directory)
      ? readdirSync(directory)
          .filter((name) => LIBRARIES.test(name))
          .map((name) => join(directory, name))
          .filter((path) => existsSync(path))
      : [],
  );
}

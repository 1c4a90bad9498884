// SPDX-License-Identifier: Apache-2.0
// Which other anti-virus products run here (SY-5), by what the kernel tells of every process. Owns nothing; reads /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOtherProducts, LazaretError, type FoundProduct, type SeenProcess } from '@lazaret/core';

/** FAN_OPEN_PERM, FAN_ACCESS_PERM, FAN_OPEN_EXEC_PERM (fanotify_mark(2)). */
const PERMISSION_MASK = 0x7_0000;

export function readOtherProducts(proc = '/proc'): readonly FoundProduct[] {
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  return findOtherProducts(pids.flatMap((pid) => seeProcess(proc, pid) ?? []));
}

/** Throws `system.other_product` where one intercepts. */
export function requireNoInterceptor(): void {
  const interceptor = readOtherProducts().find(({ intercepts }) => intercepts);
  if (interceptor === undefined) return;
  const { name, pid } = interceptor;
  throw new LazaretError('system.other_product', `${name} (process ${pid}) intercepts opens of files on this VM.`);
}

/** Null: it has ended meanwhile. */
function seeProcess(proc: string, pid: string): SeenProcess | null {
  try {
    const command = readFileSync(join(proc, pid, 'comm'), 'utf8').trimEnd();
    return { pid: Number(pid), command, intercepts: intercepts(join(proc, pid)) };
  } catch {
    return null;
  }
}

function intercepts(directory: string): boolean {
  for (const descriptor of readdirSync(join(directory, 'fd'))) {
    if (!isFanotify(join(directory, 'fd', descriptor))) continue;
    const marks = readFileSync(join(directory, 'fdinfo', descriptor), 'utf8').matchAll(
      /^fanotify .*?mask:([0-9a-f]+)/gm,
    );
    for (const [, mask = '0'] of marks) if ((Number.parseInt(mask, 16) & PERMISSION_MASK) !== 0) return true;
  }
  return false;
}

function isFanotify(link: string): boolean {
  try {
    return readlinkSync(link) === 'anon_inode:[fanotify]';
  } catch {
    return false; // it was closed meanwhile
  }
}

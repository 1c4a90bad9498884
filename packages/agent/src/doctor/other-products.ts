// SPDX-License-Identifier: Apache-2.0
// Which other anti-virus products run here (SY-5), by what the kernel tells of every process. Owns nothing; reads /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOtherProducts, LazaretError, type FoundProduct, type SeenProcess } from '@lazaret/core';

/** FAN_OPEN_PERM, FAN_ACCESS_PERM, FAN_OPEN_EXEC_PERM (fanotify_mark(2)), FAN_PRE_ACCESS. */
const PERMISSION_MASK = 0x17_0000;
/** FAN_CLASS_CONTENT, FAN_CLASS_PRE_CONTENT (fanotify_init(2)): a group made to answer, whether it has marked something yet or not. */
const PERMISSION_CLASSES = 0x0c;

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
    const info = readFileSync(join(directory, 'fdinfo', descriptor), 'utf8');
    const flags = /^fanotify flags:([0-9a-f]+)/m.exec(info)?.[1] ?? '0';
    if ((Number.parseInt(flags, 16) & PERMISSION_CLASSES) !== 0) return true;
    const marks = info.matchAll(/^fanotify .*?mask:([0-9a-f]+)/gm);
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

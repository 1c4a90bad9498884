// SPDX-License-Identifier: Apache-2.0
// Which other anti-virus products run here (SY-5), by what the kernel tells of every process. Owns nothing; reads /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findOtherProducts, LazaretError, type FoundProduct, type SeenProcess } from '@lazaret/core';
import { interceptsOpens } from './fanotify-info.ts';

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
  return readdirSync(join(directory, 'fd')).some(
    (descriptor) =>
      isFanotify(join(directory, 'fd', descriptor)) &&
      interceptsOpens(readFileSync(join(directory, 'fdinfo', descriptor), 'utf8')),
  );
}

function isFanotify(link: string): boolean {
  try {
    return readlinkSync(link) === 'anon_inode:[fanotify]';
  } catch {
    return false; // it was closed meanwhile
  }
}

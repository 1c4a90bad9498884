// SPDX-License-Identifier: Apache-2.0
// Downloads the manager's pattern release to this VM: first the manifest, then each file by its hash. Files that the active release already has are copied, not
// downloaded. It owns `<patterns>/.download`. Whatever fails, the active release stays untouched.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { currentReleaseAnswerSchema, LINK_LIMITS, type OfferedRelease } from '@lazaret/contract';
import { arrivingFile, planDownload, type PlannedFile } from '@lazaret/patterns';
import { hashFile, orWriteFault, type Release } from '../update/index.ts';
import type { Transport } from './transport.ts';

export async function readOfferedRelease(transport: Transport, signal: AbortSignal): Promise<OfferedRelease | null> {
  const ask = { method: 'GET', path: '/link/v1/releases/current', signal } as const;
  return (await transport.askJson(ask, currentReleaseAnswerSchema)).release;
}

/** Brings the files into a directory, which is the caller's to use and remove. */
export async function downloadRelease(
  offered: OfferedRelease,
  known: readonly Release[],
  patterns: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<string> {
  const directory = join(patterns, '.download');
  await orWriteFault(directory, async () => {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { mode: 0o755 });
  });
  try {
    for (const planned of planDownload(offered.files, known)) {
      const target = join(directory, planned.file.name);
      if (!(await copyAtHand(planned, target))) await fetchFile(offered.id, planned.file, target, transport, signal);
    }
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** What lies here may have been damaged since. */
async function copyAtHand({ file, atHand }: PlannedFile, target: string): Promise<boolean> {
  for (const { directory, name } of atHand) {
    const path = join(directory, name);
    if (!existsSync(path) || (await hashFile(path)) !== file.sha256) continue;
    await orWriteFault(target, () => copyFile(path, target));
    return true;
  }
  return false;
}

type OfferedFile = OfferedRelease['files'][number];

async function fetchFile(
  releaseId: string,
  file: OfferedFile,
  target: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<void> {
  const path = `/link/v1/releases/${releaseId}/files/${file.sha256}`;
  const answer = await transport.askStream({ method: 'GET', path, signal, timeoutMs: 10 * LINK_LIMITS.answerMsMax });
  try {
    const copy = await orWriteFault(target, () => open(target, 'wx', 0o644));
    try {
      for await (const chunk of arrivingFile(releaseId, file, answer))
        await orWriteFault(target, () => copy.appendFile(chunk));
    } finally {
      await orWriteFault(target, () => copy.close());
    }
  } finally {
    answer.destroy();
  }
}

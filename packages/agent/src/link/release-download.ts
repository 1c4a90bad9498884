// SPDX-License-Identifier: Apache-2.0
// The manager's pattern release onto this VM: manifest, then each file by its hash. What is in the release in force already is copied, not fetched.
// Owns `<patterns>/.download`; whatever goes wrong, the release in force is not touched.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { currentReleaseAnswerSchema, LINK_LIMITS, type OfferedRelease } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { contentCounter } from '@lazaret/patterns';
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
    for (const file of offered.files) {
      const target = join(directory, file.name);
      if (!(await copyKnown(file.sha256, known, target))) await fetchFile(offered.id, file, target, transport, signal);
    }
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function copyKnown(sha256: string, known: readonly Release[], target: string): Promise<boolean> {
  for (const { directory, manifest } of known) {
    const file = manifest.files.find((one) => one.sha256 === sha256);
    const path = file === undefined ? null : join(directory, file.name);
    if (path === null || !existsSync(path) || (await hashFile(path)) !== sha256) continue;
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
      for await (const chunk of checked(answer, releaseId, file))
        await orWriteFault(target, () => copy.appendFile(chunk));
    } finally {
      await orWriteFault(target, () => copy.close());
    }
  } finally {
    answer.destroy();
  }
}

/** The bytes as they come, up to the first that cannot be the file's; whole, or with an error. */
async function* checked(answer: AsyncIterable<unknown>, releaseId: string, file: OfferedFile): AsyncGenerator<Buffer> {
  const counter = contentCounter();
  try {
    for await (const chunk of answer) {
      // Endless data ends here.
      if (counter.take(chunk as Buffer) > file.bytes) throw tooLong(file);
      yield chunk as Buffer;
    }
  } catch (cause) {
    if (cause instanceof LazaretError) throw cause;
    throw new LazaretError('link.unreachable', `${file.name} broke off after ${counter.end().bytes} bytes.`, { cause });
  }
  const { bytes, sha256 } = counter.end();
  if (bytes !== file.bytes || sha256 !== file.sha256)
    throw new LazaretError('link.download', `${file.name} is not the file that release ${releaseId} names.`);
}

function tooLong(file: OfferedFile): LazaretError {
  return new LazaretError(
    'link.download',
    `${file.name} is longer than the ${file.bytes} bytes that its release names.`,
  );
}

// SPDX-License-Identifier: Apache-2.0
// The manager's pattern release onto this VM: manifest, then each file by its hash. What is in the release in force already is copied, not fetched.
// Owns `<patterns>/.download`; whatever goes wrong, the release in force is not touched.
import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { currentReleaseAnswerSchema, LINK_LIMITS, type OfferedRelease } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';
import { contentCounter } from '@lazaret/patterns';
import { hashFile, type Release } from '../update/index.ts';
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
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o755 });
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
    await copyFile(path, target);
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
  const counter = contentCounter();
  const check = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      // Endless data ends here.
      next(counter.take(chunk) > file.bytes ? tooLong(file) : null, chunk);
    },
  });
  try {
    await pipeline(answer, check, createWriteStream(target, { mode: 0o644 }));
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

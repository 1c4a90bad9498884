// SPDX-License-Identifier: Apache-2.0
// Patterns that a person named for one real-time scan: the whole engine loads that directory, and releases stay as they are. Owns the copy that the
// scanner's user can read.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { formatReleaseId } from '@lazaret/patterns';
import type { ProductPaths } from '@lazaret/platform';
import type { Engine } from '../engine/index.ts';
import { listPatternDirectory, lookOf, readablePatterns, type Release, type ReleaseLoader } from '../update/index.ts';

/** Loads `directory` and answers it as a release. Rejects with a code of `patterns.*`. */
export async function loadGivenPatterns(
  engine: Pick<Engine, 'load'>,
  directory: string,
  paths: Pick<ProductPaths, 'run'>,
): Promise<Release> {
  const place = join(paths.run, 'given-patterns');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { mode: 0o755 });
  chmodSync(place, 0o755);
  const readable = readablePatterns(directory, join(place, 'files'));
  const { signatures, yaraRules } = await engine.load({
    directory: readable,
    canaries: [],
    requireEicar: false,
    expectedSignatures: null,
  });
  return {
    directory: readable,
    manifest: {
      format: 1,
      id: formatReleaseId(basename(directory), stampOf(directory)),
      source: directory,
      createdAt: new Date(statSync(directory).mtimeMs).toISOString(),
      files: [],
      loaded: { clamav: signatures, yara: yaraRules },
    },
  };
}

/** Stands where releases have no part. */
export function givenPatternsLoader(release: Release): ReleaseLoader {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new LazaretError(
        'realtime.given_patterns',
        `This real-time scan was started with the patterns of ${release.manifest.source} (--patterns).`,
      ),
    );
  const stay = (): Promise<Release> => Promise.resolve(release);
  return { loadActive: stay, refresh: stay, load: refuse, adopt: refuse, rollback: refuse };
}

/** Names, sizes and times: which files they were. */
function stampOf(directory: string): string {
  const lines = listPatternDirectory(directory).map((name) => `${name} ${lookOf(join(directory, name))}`);
  return createHash('sha256')
    .update([directory, ...lines.toSorted()].join('\n'))
    .digest('hex');
}

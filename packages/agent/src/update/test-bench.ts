// SPDX-License-Identifier: Apache-2.0
// A loader with a store on a real directory, for tests. The engine is a stand-in that says yes or no; the real one is asked in e2e/agent/agent.test.ts
// and tests/scanner.
import assert from 'node:assert/strict';
import { fstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazaretError } from '@lazaret/core';
import { manualClock, temporaryDirectory } from '@lazaret/testkit';
import type { Engine, LoadRequest } from '../engine/index.ts';
import { releaseLoader, type ReleaseLoader } from './release-loader.ts';
import { releaseStore, type ReleaseStore } from './release-store.ts';

export interface Bench {
  readonly store: ReleaseStore;
  readonly loader: ReleaseLoader;
  readonly loads: LoadRequest[];
  /** Once it is well it takes all. */
  readonly scanner: { isWell: boolean };
  readonly problems: string[];
  readonly starter: string;
  readonly clamav: string;
  readonly patterns: string;
  /** A directory of one pattern file. */
  readonly source: (name: string, text: string) => string;
}

/** What a file of a release can say, and what the engine says to it then. */
const ANSWERS: Readonly<Record<string, string>> = {
  refuse: 'patterns.canary_detected',
  down: 'scanner.down',
  busy: 'patterns.load_in_progress',
  malformed: 'patterns.load_failed',
  broken: 'of ours',
};

/** Refuses what holds a file that says so, unless `isWell` by now; counts a signature for each file. */
function standInEngine(loads: LoadRequest[], state: { isWell: boolean }): Engine {
  const never = (): never => assert.fail('not asked here');
  return {
    scan: never,
    status: never,
    profileBytes: never,
    close: never,
    load: async (request) => {
      loads.push(request);
      for (const canary of request.canaries) fstatSync(canary);
      const names = readdirSync(request.directory).filter((name) => name !== 'manifest.json');
      await new Promise((resolve) => setImmediate(resolve));
      const refused = names
        .map((name) => ({ name, code: ANSWERS[readFileSync(join(request.directory, name), 'utf8')] }))
        .find(({ code }) => code !== undefined);
      if (refused?.code === 'of ours') throw new TypeError('a fault of ours');
      if (refused?.code !== undefined && !state.isWell)
        throw new LazaretError(refused.code, `${refused.name}, line 1: the engine does not take it.`);
      const signatures = names.length;
      const { directory: release } = request;
      return { release, signatures, yaraRules: 1, pid: 1, workerPids: [], workerDeaths: 0, sandbox: null };
    },
  };
}

export function bench(t: Parameters<typeof temporaryDirectory>[0]): Bench {
  const directory = temporaryDirectory(t);
  const [starter, clamav, patterns] = ['starter', 'clamav', 'patterns'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(starter);
  writeFileSync(join(starter, 'eicar.yar'), 'rule');
  const store = releaseStore(patterns);
  const loads: LoadRequest[] = [];
  const scanner = { isWell: false };
  const problems: string[] = [];
  const loader = releaseLoader({
    store,
    engine: standInEngine(loads, scanner),
    clock: manualClock(Date.parse('2027-03-01T00:00:00Z')),
    starter,
    clamavDatabase: clamav,
    stampFile: join(patterns, 'default-sources'),
    onProblem: (error) => problems.push(error.code),
  });
  const source = (name: string, text: string): string => {
    const path = join(directory, name);
    mkdirSync(path);
    writeFileSync(join(path, `${name}.ndb`), text);
    return path;
  };
  return { store, loader, loads, scanner, problems, starter, clamav, patterns, source };
}

export const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof LazaretError && error.code === code;

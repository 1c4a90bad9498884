// SPDX-License-Identifier: Apache-2.0
// What each target begins with: whole files of the formats and messages of the protocols, made anew each time. Nothing of it is committed.
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGateRules } from '@lazaret/core';
import { factsFor, settings } from '../../tests/gate-rules/cases.ts';
import { largeFiles, sampleFiles } from './samples.ts';
import { brokerTalks, doorTalks, fdlinkTalks, takeoverTables, verdictAnswers } from './talks.ts';

const CONFIGURATIONS = 12;

/** Configurations as the agent sends them: the defaults of core, bent by its own generator. */
export function gateConfigurations(seed: number): readonly string[] {
  return fc.sample(settings, { seed, numRuns: CONFIGURATIONS }).map((realtime, generation) =>
    JSON.stringify({
      generation,
      active: true,
      rules: compileGateRules(realtime, factsFor(realtime)).rules,
      deadlineMs: realtime.deadlineMs,
      onDeadline: realtime.onDeadline,
      profile: Buffer.alloc(96, 1).toString('base64'),
      verdicts: 'a',
    }),
  );
}

export interface Corpus {
  seedsOf(target: string): readonly Buffer[];
  /** Not to be changed, which would be slow, but measured beside what was found. */
  largeOf(target: string): readonly Buffer[];
  readonly rulesPath: string;
}

export function makeCorpus(directory: string, seed: number): Corpus {
  mkdirSync(directory, { recursive: true });
  const configurations = gateConfigurations(seed);
  const rulesPath = join(directory, 'rules.jsonl');
  writeFileSync(rulesPath, `${configurations.join('\n')}\n`);
  const files = sampleFiles(directory);
  const large = largeFiles();
  const gate = gateSeeds(configurations);
  const other: Record<string, readonly Buffer[]> = {
    'scanner-broker': brokerTalks(),
    'fdlink-messages': fdlinkTalks(),
    'door-relay': doorTalks(),
    'door-tables': mountTables(),
    'supervisor-takeover': takeoverTables(),
    ...gate,
  };
  return {
    rulesPath,
    largeOf: (target) => (other[target] === undefined && target.startsWith('scanner-') ? large : []),
    seedsOf: (target) =>
      other[target] ?? (target.startsWith('scanner-') ? files : [Buffer.from(PLANTED[target] ?? '')]),
  };
}

/** The planted faults stand one byte from a seed. */
const PLANTED: Readonly<Record<string, string>> = {
  'planted-overrun': 'OVEr over',
  'planted-leak': 'LEAk',
  'planted-overflow': 'SUm sum',
  'planted-hang': 'HANg',
  'planted-slow': 'SLOw',
};

function mountTables(): readonly Buffer[] {
  const overlay =
    '36 35 98:0 /a\\040b /mnt\\011x rw master:1 - overlay overlay rw,lowerdir=/a\\:b:/c,upperdir=/d,lowerdir+=/e\n';
  return [readFileSync('/proc/self/mountinfo'), Buffer.from(overlay)];
}

function gateSeeds(configurations: readonly string[]): Record<string, readonly Buffer[]> {
  const texts = (list: readonly string[]): readonly Buffer[] => list.map((text) => Buffer.from(text));
  const rules = configurations.map((line) => JSON.stringify((JSON.parse(line) as { rules: object }).rules));
  const paths = ['/home/a/b.php', '/srv/db/data.tar.gz', '/var/opt/lazaret/vault/1', '/tmp//x/./y', '/straße/ΣΑΣ.É'];
  const answers = verdictAnswers();
  return {
    'gate-rules': texts([...configurations, ...rules]),
    'gate-path': paths.flatMap((path) =>
      Array.from({ length: CONFIGURATIONS }, (_, index) => Buffer.from([index, ...Buffer.from(path)])),
    ),
    'gate-mounts': mountTables(),
    'gate-verdict': answers.map((answer, index) => Buffer.from([index, ...Buffer.from(answer)])),
    'gate-process': texts([
      '0::/system.slice/mariadb.service\n',
      '12:memory:/x\n1:name=systemd:/system.slice/a.slice/db.service/x\n0::/user.slice/u.service\n',
      '\x7fELF libx.so.6',
      '#!/bin/sh\n/x/run.PY',
    ]),
    'gate-agent-link': texts([
      `{"type":"configure"}\n${configurations[0] ?? ''}`,
      '{"type":"stats"}\n{"type":"done","numbers":[1,2,18446744073709551615]}\n{"type":"deny" }\n',
      '{"type":"done"}\n{"type":"done","numbers":7}\n[]\n{"type":7}',
    ]),
    'gate-scanner-link': answers.map((answer) => {
      const header = Buffer.alloc(16, 1);
      header.write('LZA1');
      header.writeUInt8(3, 4);
      return Buffer.concat([header, Buffer.from(answer)]);
    }),
  };
}

export function writeSeeds(directory: string, seeds: readonly Buffer[], bytesMax: number): void {
  mkdirSync(directory, { recursive: true });
  for (const bytes of seeds)
    if (bytes.length <= bytesMax)
      writeFileSync(join(directory, createHash('sha256').update(bytes).digest('hex')), bytes);
}

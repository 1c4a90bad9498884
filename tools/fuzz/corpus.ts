// SPDX-License-Identifier: Apache-2.0
// What each target begins with: whole files of the formats and messages of the protocols, made anew each time. Nothing of it is committed.
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGateRules } from '@lazaret/core';
import { factsFor, settings } from '../../tests/gate-rules/cases.ts';
import { largeFiles, sampleFiles } from './samples.ts';
import { agentTalks, brokerTalks, doorTalks, fdlinkTalks, takeoverTables, verdictAnswers } from './talks.ts';

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
  const lines = [
    '36 35 98:0 /a\\040b /mnt\\011x rw master:1 - overlay overlay rw,lowerdir=/a\\:b:/c,upperdir=/d,lowerdir+=/e',
    '40 1 0:44 / /mnt/of\\040a rw,nosuid shared:2 - fuse.sshfs a:/b rw,user_id=0,group_id=0',
    '41 1 0:45 / /mnt/c rw - fuseblk /dev/sda1 rw,user_id=1000,user_id=0',
    '42 1 0:46 /x /mnt/d\\134\\09 rw,relatime - ext4 /dev/sdb',
    '0 1 0:47 / /none rw - tmpfs',
    'x - y',
  ];
  return [
    readFileSync('/proc/self/mountinfo'),
    ...lines.map((line) => Buffer.from(line)),
    Buffer.from(lines.join('\n')),
  ];
}

/** Texts of /proc, and heads of programs with a path behind their 64 bytes. */
function processTexts(): readonly Buffer[] {
  const program = (head: string, path: string): Buffer =>
    Buffer.concat([Buffer.from(head.padEnd(64, '\n'), 'latin1'), Buffer.from(path)]);
  const texts = [
    '0::/system.slice/mariadb.service\n',
    '12:memory:/x\n1:name=systemd:/system.slice/a.slice/db.service/x\n0::/user.slice/u.service\n',
    'Name:\tcat\nUmask:\t0022\nUid:\t0\t1000\t0\t0\nGid:\t0\t0\t0\t0\n',
    'Uid:\t-1\nUid:\t1\t99999999999999999999\t',
  ];
  return [
    ...texts.map((text) => Buffer.from(text)),
    program('\x7fELF', '/usr/lib/libx.so.6'),
    program('#!/bin/sh', '/x/run.PY'),
    program('\xcb\x0d\r\n', '/x/data'),
    program('SQLite format 3', '/srv/db.sqlite'),
  ];
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
    'gate-process': processTexts(),
    'gate-agent-link': agentTalks(configurations),
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

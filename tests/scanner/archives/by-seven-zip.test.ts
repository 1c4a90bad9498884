// SPDX-License-Identifier: Apache-2.0
// Our reasons beside what 7z says: over archives of every format that can be made here, whole and damaged at each kind of place, and over those that the
// packages of this machine brought. Nothing that 7z cannot read is called clean without a reason that stands here.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScannerAnswer } from '@lazaret/contract';
import { fullSize, makeMarker, makeWideZip, type PackedFile, seededRandom, testSeed } from '@lazaret/testkit';
import { packageFiles, regularFile } from '../../installed-files.ts';
import { archiveSamples, damagedOnes } from './archive-samples.ts';
import { askSevenZip, type SevenZipSays } from './seven-zip.ts';
import { statusOf } from '../process/scanner-status.ts';
import { suiteScanner, type TestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.BySevenZip', seededRandom(testSeed));
const MIXED = Buffer.from(Uint8Array.from({ length: 1_500 }, (_, at) => (at * 2_654_435_761) >>> 7));
const FILES: readonly PackedFile[] = [
  { name: 'first.txt', content: Buffer.concat([MIXED, marker.atEndOf(900)]) },
  { name: 'second.txt', content: Buffer.alloc(3_000, 'harmless and dull text line by line\n') },
];

/** What is not read of a sample as it was made; of every other: nothing. */
const REASONS: readonly (readonly [samples: RegExp, reason: string])[] = [
  [/^7z-(Deflate64|Delta|ARM)$/, 'unsupported-compression'],
  [/^7z-encrypted/, 'encrypted'],
  // Deflated bytes under another method's number: read as that method, or by nobody.
  [/^zip-claims-(93|95|98)$/, 'corrupted'],
  [/^zip-claims-/, 'unsupported-compression'],
  [/^zip-(aes|crypto|strong)/, 'encrypted'],
  [/^rar4-claims-(13|15|20|26)$/, 'unsupported-compression'],
  [/^rar4-claims-(29|36)$/, 'corrupted'],
  [/^rar[45]-encrypted/, 'encrypted'],
  [/^lha-claims-(lh[1-4]|lzs|lz5|pm2)$/, 'unsupported-compression'],
  [/^lha-claims-/, 'corrupted'],
  [/^cab-claims-quantum$/, 'unsupported-compression'],
  [/^cab-(claims-lzx|goes-on)$/, 'corrupted'],
  [/^arj-encrypted$/, 'encrypted'],
  [/^arj-claims-1$/, 'corrupted'],
  [/^arj-claims-9$/, 'unsupported-compression'],
  [/^xar-claims-bzip2$/, 'corrupted'],
  [/^xar-claims-odd$/, 'unsupported-compression'],
  [/^wim$/, 'unsupported-compression'],
];

/** Of what 7z does not call whole, what may be read by us to its end all the same – and only if the marker is found. */
const EXPLAINED: readonly {
  readonly samples: RegExp;
  readonly damage: RegExp;
  readonly why: string;
}[] = [
  {
    samples: /^7z-/,
    damage: /^turned-at-(8|12|20|28)$/,
    why: 'the check sum of the start header; the list has its own',
  },
  {
    samples: /^zip-/,
    damage: /^turned-/,
    why: 'a field of the directory that tells nothing of content, as times and lengths of comments',
  },
  { samples: /^cab/, damage: /^turned-at-8$/, why: 'the length of the whole, which no member needs' },
  { samples: /^iso$/, damage: /^cut-/, why: 'what is cut off is padding behind the last file' },
  {
    samples: /^(tar|cpio|ar|rpm)/,
    damage: /^(cut|turned)-/,
    why: 'no check sum of content; the end is zeros that hold nothing',
  },
];

interface Compared {
  readonly name: string;
  readonly damage: string;
  readonly says: SevenZipSays;
  readonly ours: readonly string[];
  readonly found: boolean;
}

/** The reasons that agree with a word of 7z's. Damage can hit what tells that something is encrypted or how it is packed. */
const AGREES: Readonly<Record<SevenZipSays, RegExp>> = {
  whole: /./,
  none: /./,
  'too-long': /./,
  encrypted: /^(encrypted|password|corrupted)$/,
  unsupported: /^(unsupported-compression|encrypted|corrupted)$/,
  damaged: /^(corrupted|unsupported-compression|encrypted)$/,
};

/** Of a zip whose heads and directory say two things of one member neither is believed. */
const agrees = (name: string, says: SevenZipSays, reason: string): boolean =>
  AGREES[says].test(reason) || (name.startsWith('zip') && reason === 'structure-ambiguous');

function reasonsOf(answer: ScannerAnswer): string[] {
  return [...new Set(answer.unscanned.map(({ reason }) => reason))].toSorted();
}

function tableOf(all: readonly Compared[]): string {
  const counts = new Map<string, number>();
  for (const { says, ours } of all) {
    const key = `7z ${says}, ours ${ours.join('+') || 'whole'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const lines = [...counts].map(([key, count]) => `${count} × ${key}`);
  return lines.toSorted((left, right) => left.localeCompare(right)).join('; ');
}

describe('reasons beside 7z', { concurrency: 1 }, () => {
  let scanner: TestScanner;
  suiteScanner({ 'test.ndb': marker.signature }, (started) => (scanner = started));

  async function compare(name: string, damage: string, bytes: Buffer): Promise<Compared> {
    const path = join(scanner.directory, 'compared');
    writeFileSync(path, bytes);
    const [answer, { says }] = [await scanner.scanFile(path), await askSevenZip(path)];
    assert.equal(answer.coverage.all - answer.coverage.lookedAt, answer.unscanned.length, `${name} ${damage}`);
    return { name, damage, says, ours: reasonsOf(answer), found: answer.threats.length > 0 };
  }

  const line = ({ name, damage, says, ours, found }: Compared): string =>
    `${name} ${damage}: 7z ${says}, ours ${ours.join('+') || 'whole'}${found ? ', found' : ''}`;

  test('LM-1a, LM-3a, LM-4a: archives of every format as they were made have the reason that their table says', async (t) => {
    const wrong: string[] = [];
    const all: Compared[] = [];
    for (const [name, bytes] of Object.entries(archiveSamples(scanner.directory, FILES))) {
      const compared = await compare(name, 'as made', bytes);
      all.push(compared);
      const expected = REASONS.find(([samples]) => samples.test(name))?.[1];
      const right =
        expected === undefined ? compared.ours.length === 0 && compared.found : compared.ours.join('+') === expected;
      if (!right) wrong.push(`${line(compared)}, expected ${expected ?? 'found, and whole'}`);
    }
    t.diagnostic(`${all.length} archives: ${tableOf(all)}`);
    assert.deepEqual(wrong, []);
  });

  test('LM-1a, LM-3a, LM-4a: what 7z cannot read of a damaged archive is never clean, and never the engine’s failure', async (t) => {
    const all: Compared[] = [];
    const silent: string[] = [];
    const wrong: string[] = [];
    const explained = new Map<string, number>();
    for (const [name, whole] of Object.entries(archiveSamples(scanner.directory, FILES)))
      for (const [damage, bytes] of Object.entries(damagedOnes(whole))) {
        const compared = await compare(name, damage, bytes);
        all.push(compared);
        const { says, ours, found } = compared;
        if (ours.some((reason) => /engine|time/.test(reason))) wrong.push(line(compared));
        if (says === 'whole' || says === 'none') continue;
        if (ours.length > 0) {
          if (!ours.some((reason) => agrees(name, says, reason))) wrong.push(line(compared));
          continue;
        }
        const entry = EXPLAINED.find((one) => one.samples.test(name) && one.damage.test(damage));
        if (entry === undefined || !found) silent.push(line(compared));
        else explained.set(entry.why, (explained.get(entry.why) ?? 0) + 1);
      }
    t.diagnostic(`${all.length} archives: ${tableOf(all)}`);
    for (const { why } of EXPLAINED) t.diagnostic(`${explained.get(why) ?? 0} read to their end by us: ${why}`);
    assert.deepEqual(silent, []);
    assert.deepEqual(wrong, []);
    const { workerDeaths } = await statusOf(scanner);
    assert.equal(workerDeaths, 0);
  });

  test('LM-3a: a zip of 64-bit lengths that no file has is corrupted, and what is found in it is told', async () => {
    const lengths = [2n ** 63n - 21n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 40n, 2n ** 32n, 1_000n];
    for (const bytes of lengths)
      for (const descriptor of [true, false]) {
        const answer = await scanner.scanBytes(makeWideZip(marker.atEndOf(200), bytes, { descriptor }));
        assert.equal(answer.verdict, 'infected', `${bytes} ${descriptor}`);
        assert.deepEqual(reasonsOf(answer), ['corrupted'], `${bytes} ${descriptor}`);
        assert.notEqual(answer.sha256, null);
      }
  });

  test('LM-3a, LM-4a: the archives that the packages of this machine brought', async (t) => {
    const archives =
      /\.(zip|jar|7z|rar|cab|arj|lha|lzh|xar|iso|gz|bz2|xz|lzma|tar|cpio|rpm|deb|a|whl|egg|sis|szdd|Z)$|\/clamav-testfiles\//;
    const paths = packageFiles(/^\/usr\/(share|lib|src)\//).filter(
      (path) => archives.test(path) && (regularFile(path)?.size ?? Infinity) < 20_000_000,
    );
    const isFirst = (path: string): boolean => path.includes('/clamav-testfiles/');
    const few = paths.filter((path, index) => fullSize || isFirst(path) || index % Math.ceil(paths.length / 150) === 0);
    const all: Compared[] = [];
    for (const path of few) all.push(await compare(path, '', readFileSync(path)));
    t.diagnostic(`${all.length} of ${paths.length} archives: ${tableOf(all)}`);
    assert.ok(all.length > 40, String(all.length));
    // No archives: 7z looks at the sections of programs and the streams of documents.
    const other = /[.](exe|ppt)$/;
    const refused = all.filter(({ name, says }) => !other.test(name) && !['whole', 'none', 'too-long'].includes(says));
    const silent = refused.filter(({ ours }) => ours.length === 0);
    assert.deepEqual(silent.map(line), []);
    assert.deepEqual(all.filter(({ ours }) => ours.includes('engine-failure')).map(line), []);
  });
});

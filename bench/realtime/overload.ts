// SPDX-License-Identifier: Apache-2.0
// What four hostile users cost another one: how long the open of a known infected file takes at most, and an `npm ci` of his. Beside it, in the same run, an
// open of a file that nobody watches – what the machine's own load costs – and the same work unprotected, with the same hostile programs and without.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { eicar } from '@lazaret/testkit';
import { lazaretAgent, unprotected, type Contestant } from './contestants.ts';
import { amid, asUser, openerOf, plantHostile, type Hostile } from './hostile.ts';
import { median } from '../median.ts';
import type { BenchPlace } from './place.ts';

const ROOT = join(import.meta.dirname, '../..');
const INNOCENT = 2_000;
const OPENS_MS = 20_000;
/** Until they all have something waiting. */
const WARM_UP_MS = 3_000;

interface Opened {
  readonly opens: number;
  readonly refused: number;
  readonly longestMs: number;
}

interface Round {
  readonly known: Opened;
  readonly unwatched: Opened;
  readonly withoutMs: number;
  readonly withoutAmidMs: number;
  readonly oursMs: number;
  readonly oursAmidMs: number;
}

export async function reportOverload(place: BenchPlace, rounds: number): Promise<void> {
  const hostile = plantHostile(place);
  const infected = plantInfected(place);
  prepareWork(place);
  const all: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    const one = await measure(place, hostile, infected);
    console.error(`round ${round}: ${JSON.stringify(one)}`);
    all.push(one);
  }
  report(all);
}

async function measure(place: BenchPlace, hostile: Hostile, infected: Infected): Promise<Round> {
  const clamd = join(place.beside, 'run-clamd/clamd.sock');
  const withoutMs = await unprotected(place, async () => workMs(place));
  const withoutAmidMs = await unprotected(place, () => amid(place, hostile, null, async () => workMs(place)));
  const ours: Contestant = lazaretAgent({});
  const oursMs = await ours(place, async () => workMs(place));
  const under = await ours(place, async () => {
    await opens(place, [infected.watched], 1_000); // known from here on
    return await amid(place, hostile, clamd, async () => {
      await delay(WARM_UP_MS);
      const [known, unwatched] = await Promise.all([
        opens(place, [infected.watched], OPENS_MS),
        opens(place, [infected.unwatched], OPENS_MS),
      ]);
      return { known, unwatched, oursAmidMs: await workMs(place) };
    });
  });
  if (under.known.refused !== under.known.opens) throw new Error('an open of the infected file was not refused');
  return { ...under, withoutMs, withoutAmidMs, oursMs };
}

interface Infected {
  readonly watched: string;
  readonly unwatched: string;
}

function plantInfected(place: BenchPlace): Infected {
  const unwatched = join(place.beside, 'known.com');
  const watched = join(place.watched, 'known.com');
  const infected = join(place.beside, 'infected');
  writeFileSync(unwatched, 'nothing to find');
  writeFileSync(infected, eicar());
  place.mounts.shell(`cp ${infected} ${watched}; chmod 644 ${unwatched} ${watched}`);
  return { watched, unwatched };
}

async function opens(place: BenchPlace, files: readonly string[], ms: number): Promise<Opened> {
  const child = openerOf(place, INNOCENT, 2, ms, files);
  if (child.stdout === null) throw new Error('no output');
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(said) as Opened;
}

function innocent(place: BenchPlace, script: string): string {
  const user = asUser(INNOCENT).join(' ');
  return `export HOME=${place.beside}/home BESIDE=${place.beside}; cd ${place.watched}/work; ${user} bash -c '${script}'`;
}

function prepareWork(place: BenchPlace): void {
  const here = `${place.watched}/work`;
  place.mounts.shell(
    `cd ${ROOT}; mkdir -p ${here} ${place.beside}/home; cp --parents package.json package-lock.json packages/*/package.json apps/*/package.json native/*/package.json ${here}; cd ${here}; npm ci --ignore-scripts --no-audit --no-fund --silent --cache ${place.beside}/npm; rm -rf node_modules; chown -R ${INNOCENT}:${INNOCENT} ${here} ${place.beside}/npm ${place.beside}/home`,
  );
}

/** Everything it opens is new to whoever watches. */
async function workMs(place: BenchPlace): Promise<number> {
  const script = innocent(
    place,
    'exec npm ci --offline --ignore-scripts --no-audit --no-fund --silent --cache "$BESIDE/npm"',
  );
  const startedAt = performance.now();
  const child = place.mounts.start('bash', '-c', script);
  child.stdout?.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  const tookMs = performance.now() - startedAt;
  if (code !== 0) throw new Error(`npm ci ended with ${code}`);
  place.mounts.shell(
    `cd ${place.watched}/work; rm -rf node_modules apps/*/node_modules packages/*/node_modules native/*/node_modules`,
  );
  return tookMs;
}

function report(rounds: readonly Round[]): void {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const longest = (pick: (round: Round) => Opened): string =>
    `${of((round) => pick(round).longestMs).toFixed(0)} ms of ${of((round) => pick(round).opens)} opens`;
  console.log('\nfour hostile users; medians over the rounds');
  console.log(`known infected file, refused always: the longest open ${longest(({ known }) => known)} (goal 50 ms)`);
  console.log(`a file that nobody watches, meanwhile: ${longest(({ unwatched }) => unwatched)}`);
  const seconds = (pick: (round: Round) => number): string => (of(pick) / 1_000).toFixed(2);
  console.log('\n| npm ci of another user | without us (s) | with us (s) | ratio |\n|---|---|---|---|');
  const row = (name: string, without: (round: Round) => number, ours: (round: Round) => number): void =>
    console.log(`| ${name} | ${seconds(without)} | ${seconds(ours)} | ${(of(ours) / of(without)).toFixed(2)} |`);
  row(
    'nobody else',
    ({ withoutMs }) => withoutMs,
    ({ oursMs }) => oursMs,
  );
  row(
    'four hostile users',
    ({ withoutAmidMs }) => withoutAmidMs,
    ({ oursAmidMs }) => oursAmidMs,
  );
}

// SPDX-License-Identifier: Apache-2.0
// Rounds of "scan, then act" on a name that lazaret-racer is swapping. Counts what happened, and whether any foreign file lost
// a name, a byte or its place in the tree. Arguments: directory, state, kind, action, rounds, racer, seed. Prints one JSON line.
// Action `naive` deletes by path, as software without these precautions would: the control that shows the race is real.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { HOST } from '@lazaret/host';
import { type ActionContext, Journal, performAction } from '../../packages/agent/src/actions/index.ts';
import { hashFile, Vault } from '../../packages/agent/src/vault/index.ts';
import type { RaceResult } from './race-result.ts';

const [directory = '', state = '', kind = '', action = '', rounds = '0', racer = '', seed = '1'] =
  process.argv.slice(2);
const NOBODY = 65_534;
const INFECTED = 'infected';
const RESTORED = 'restored by Lazaret';

interface Victim {
  readonly fd: number;
  readonly before: fs.BigIntStats;
  readonly content: string;
}

/** The tree that racer.cpp describes. Everything belongs to the racer, so that nothing but care protects it. */
function makeTree(): readonly Victim[] {
  for (const folder of ['', 'dir', 'other', 'safe']) fs.mkdirSync(join(directory, folder), { recursive: true });
  const victims = ['dir/innocent', 'other/target', 'safe/victim', 'safe/linked'].map((name) => join(directory, name));
  for (const path of victims) fs.writeFileSync(path, `foreign ${path}`);
  fs.symlinkSync('../safe/victim', join(directory, 'dir/link'));
  fs.symlinkSync('other', join(directory, 'alias'));
  fs.linkSync(join(directory, 'safe/linked'), join(directory, 'dir/hard'));
  for (const path of ['', 'dir', 'other', 'safe', ...victims.map((victim) => victim.slice(directory.length + 1))]) {
    fs.chownSync(join(directory, path), NOBODY, NOBODY);
  }
  return victims.map((path) => {
    const fd = fs.openSync(path, 'r');
    return { fd, before: fs.fstatSync(fd, { bigint: true }), content: fs.readFileSync(path, 'utf8') };
  });
}

/** Held open, so that a victim that lost its last name is still seen. */
function touched(victims: readonly Victim[]): number {
  return victims.filter(({ fd, before, content }) => {
    const now = fs.fstatSync(fd, { bigint: true });
    const buffer = Buffer.alloc(content.length + 1);
    const length = fs.readSync(fd, buffer, 0, buffer.length, 0);
    return (
      now.nlink !== before.nlink || now.mtimeNs !== before.mtimeNs || buffer.toString('utf8', 0, length) !== content
    );
  }).length;
}

/** Puts a new infected file to whichever of the two names is free; `folder` is held open, whatever it is called meanwhile. */
function refill(folder: string): void {
  const incoming = join(directory, 'incoming');
  fs.writeFileSync(incoming, INFECTED);
  fs.chownSync(incoming, NOBODY, NOBODY);
  for (const name of ['target', 'innocent', 'hard', 'link']) {
    try {
      fs.linkSync(incoming, join(folder, name));
      break;
    } catch {
      // Taken: the racer had it elsewhere when the last one went.
    }
  }
  fs.unlinkSync(incoming);
}

async function act(context: ActionContext): Promise<string> {
  const path = Buffer.from(join(directory, 'dir/target'));
  const [opened] = await HOST.files.openForScan([{ path }], { noSymlinks: true });
  if (!opened?.opened) return 'not-opened';
  try {
    if (fs.readFileSync(opened.file.descriptor, 'utf8') !== INFECTED) return 'clean';
    if (action === 'naive') return removeByPath(path);
    const file = {
      opened: opened.file,
      path,
      identity: opened.identity,
      sha256: await hashFile(opened.file),
      threats: [],
    };
    const { primary } = await performAction(
      { primary: action === 'delete' ? 'delete' : 'quarantine', secondary: null },
      file,
      context,
    );
    return primary.error?.code ?? primary.result;
  } finally {
    opened.file.close();
  }
}

/** Restores the one entry to a name whose folder is being swapped (`occupy`: to a name that is being taken), and takes it away again. */
async function restoreOnce(context: ActionContext): Promise<string> {
  const { vault } = context;
  const [entry] = await vault.list();
  const name = kind === 'occupy' ? 'target' : 'fresh';
  let outcome = 'done';
  try {
    await vault.restore(entry?.id ?? '', { path: Buffer.from(join(directory, 'dir', name)), keepEntry: true });
  } catch (error) {
    outcome = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  }
  for (const place of ['dir', 'other']) {
    for (const left of [name, 'innocent']) await removeOurs(join(directory, place, left), context);
  }
  return outcome;
}

/** Only what was restored, by its content – and by our own action, for a deletion by path would lose a foreign file here. */
async function removeOurs(place: string, context: ActionContext): Promise<void> {
  const path = Buffer.from(place);
  const [opened] = await HOST.files.openForScan([{ path }], { noSymlinks: true });
  if (!opened?.opened) return;
  const file = { opened: opened.file, path, identity: opened.identity, sha256: null, threats: [] };
  if (fs.readFileSync(opened.file.descriptor, 'utf8') === RESTORED)
    await performAction({ primary: 'delete', secondary: null }, file, context);
  opened.file.close();
}

/** Frees `target`: a foreign file that the racer can no longer swap away, for want of `innocent`, goes back there. */
function freeTarget(folder: string): void {
  const [target, innocent] = [join(folder, 'target'), join(folder, 'innocent')];
  if (fs.existsSync(innocent)) return;
  const size = fs.statSync(target, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0) fs.renameSync(target, innocent);
}

async function makeEntry(context: ActionContext): Promise<void> {
  const path = join(state, 'restored');
  fs.writeFileSync(path, RESTORED);
  const [opened] = await HOST.files.openForScan([{ path: Buffer.from(path) }]);
  if (!opened?.opened) throw new Error('the file to restore could not be opened');
  const file = { opened: opened.file, path: Buffer.from(path), identity: opened.identity, sha256: null, threats: [] };
  await performAction({ primary: 'quarantine', secondary: null }, file, context);
  opened.file.close();
}

function removeByPath(path: Buffer): string {
  try {
    fs.unlinkSync(path);
    return 'done';
  } catch {
    return 'failed';
  }
}

/** What was put beside goes back once its name is free (never to `target`, which the racer itself makes and deletes), so that the race goes on. */
function tidyBeside(folder: string): void {
  const beside = fs.readdirSync(folder).filter((name) => name.includes('.lazaret-put-back-'));
  for (const name of beside) {
    if (fs.statSync(join(folder, name)).size === 0) fs.unlinkSync(join(folder, name));
    else if (!fs.existsSync(join(folder, 'innocent'))) fs.renameSync(join(folder, name), join(folder, 'innocent'));
  }
}

async function race(): Promise<RaceResult> {
  fs.mkdirSync(state, { recursive: true });
  const victims = makeTree();
  const limits = { bytesMax: 2 ** 30, retentionDays: 30, warnAtPercent: 80 };
  const vault = new Vault({
    host: HOST,
    directory: join(state, 'vault'),
    keyDirectory: join(state, 'keys'),
    limits,
    nowMs: () => Date.now(),
    random: randomBytes,
  });
  const context: ActionContext = {
    files: HOST.files,
    vault,
    journal: new Journal(join(state, 'journal'), HOST),
    random: randomBytes,
  };
  if (action === 'restore') await makeEntry(context);
  const folderFd = fs.openSync(join(directory, 'dir'), 'r');
  const folder = `/proc/self/fd/${folderFd}`;
  const child = spawn(racer, [kind, directory, seed, String(NOBODY)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const outcomes: Record<string, number> = {};
  let foreignTouched = 0;
  let displaced = 0;
  let acted = 0;
  // A look that finds the foreign file is no round; the bound ends a race in which the infected file never comes by.
  for (let look = 0; look < Number(rounds) * 1000 && acted < Number(rounds) && foreignTouched === 0; look++) {
    if (action !== 'restore') refill(folder);
    const outcome = action === 'restore' ? await restoreOnce(context) : await act(context);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome !== 'clean' && outcome !== 'not-opened') acted += 1;
    if (outcome === 'action.displaced') displaced += 1;
    tidyBeside(folder);
    if (action === 'restore' && kind === 'occupy') freeTarget(folder);
    foreignTouched += touched(victims);
    if (action !== 'restore' && acted % 100 === 99) for (const item of await vault.list()) vault.delete(item.id);
  }
  child.stdin.end();
  const [swaps] = await once(child.stdout, 'data');
  await once(child, 'exit');
  const leftovers = [directory, dirname(directory), join(directory, 'dir'), join(directory, 'other')]
    .flatMap((place) => fs.readdirSync(place))
    .filter((name) => name.startsWith('.lazaret'));
  return {
    acted,
    outcomes,
    foreignTouched,
    displaced,
    swaps: Number(swaps),
    leftovers,
    journal: fs.readdirSync(join(state, 'journal')),
  };
}

console.log(JSON.stringify(await race()));

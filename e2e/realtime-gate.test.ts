// SPDX-License-Identifier: Apache-2.0
// Real-time scan as a whole: supervisor, gate, scanner and agent, started by `lazaret realtime`, on a tmpfs in a mount namespace of its own. Nothing else
// is ever marked. A watchdog kills the supervisor: with it the kernel's group goes, and nobody can be left waiting.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { text } from 'node:stream/consumers';

const ROOT = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-', 'FILE!$H+H*'].join('');

/** The journey as a shell sees it. `own NAME`: the child of the supervisor that bears a name. */
const PRELUDE = `
set -u
READ=0
mount -t tmpfs none "$PLACE/watched"
eval "$BEFORE"
cd "$PLACE"
"$ROOT/lazaret" realtime --watch "$PLACE/watched" --action "$ACTION" --deadline-ms 3000 --json >out 2>err &
STARTED=$!
for i in $(seq 600); do grep -q '"state":"on"' out && break; kill -0 $STARTED 2>/dev/null || break; sleep 0.1; done
grep -q '"state":"on"' out || { echo "state $(cat out err)"; exit 3; }
child() { for each in $(cat /proc/$1/task/*/children); do [ "$(cat /proc/$each/comm)" = "$2" ] && echo $each; done; }
SUPERVISOR=$(child $STARTED lazaret-supervi)
[ -n "$SUPERVISOR" ] || { echo "no supervisor"; exit 4; }
( sleep 240; kill -9 $SUPERVISOR 2>/dev/null ) >/dev/null 2>&1 &
WATCHDOG=$!
own() { child $SUPERVISOR "$1"; }
sees() {
  timeout -s KILL 5 cat "$1" >/dev/null 2>&1
  case $? in 0) READ=$((READ + 1)); echo "$2 read";; 1) echo "$2 refused";; *) echo "$2 left waiting";; esac
}
waits() { for i in $(seq 300); do "$ROOT/lazaret" realtime stats --json | grep -q '"waiting":1,' && return; done; echo "nothing waits"; }
`;
const END = `
kill -TERM $STARTED; wait $STARTED; echo "exit $?"
kill $WATCHDOG
cat out
`;

async function journey(
  action: string,
  script: string,
  before = '',
): Promise<{ readonly said: string; readonly code: number | null }> {
  const place = mkdtempSync(join(tmpdir(), 'lazaret-realtime-'));
  try {
    writeFileSync(join(place, 'sample'), EICAR);
    const body = `mkdir "$PLACE/watched"\n${PRELUDE}${script}${END}`;
    const child = spawn('unshare', ['-m', '--propagation', 'private', 'bash', '-c', body], {
      env: { ...process.env, PLACE: place, ROOT, ACTION: action, BEFORE: before, LAZARET_STATE: join(place, 'state') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await text(child.stdout);
    const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
    return { said, code };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Opens of the infected file that were let through because a gate died. Told twice, it is the same one. */
function letThrough(said: string): ReadonlySet<unknown> {
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const passed = told.filter(({ type, answered }) => type === 'let-through' && answered === 'allow');
  return new Set(passed.map((one) => one['letThrough']));
}

test('RT-6a, AC-6d: an infected file cannot be read, appended to, truncated by open or run; Deny leaves its content, and the event names who tried', async () => {
  const { said } = await journey(
    'deny',
    `
cp sample watched/infected; chmod 755 watched/infected; echo good >watched/good
sees watched/infected plain; sees watched/infected again
LC_ALL=C cat watched/infected 2>&1 | grep -q 'Operation not permitted' && echo EPERM
( echo x >>watched/infected ) 2>/dev/null && echo appended || echo "append refused"
( : >watched/infected ) 2>/dev/null && echo truncated || echo "truncation refused"
watched/infected 2>/dev/null; [ $? = 126 ] && echo "execution refused"
sees watched/good good
stat -c 'bytes %s' watched/infected
for i in $(seq 50); do grep -q '"refused":true' out && break; sleep 0.1; done
`,
  );
  for (const line of [
    'plain refused',
    'again refused',
    'EPERM',
    'append refused',
    'truncation refused',
    'execution refused',
    'good read',
    'bytes 68',
    'exit 0',
  ])
    assert.ok(said.split('\n').includes(line), `"${line}" in:\n${said}`);
  const refused = said
    .split('\n')
    .find((line) => line.includes('"type":"detection"') && line.includes('"refused":true'));
  assert.ok(refused !== undefined, said);
  assert.match(refused, /"executable":"[^"]*(cat|bash)"/);
});

test('RT-9c: a gate that is stopped or killed leaves no open waiting, and none goes by untold; the next gate knows what the last one was told', async () => {
  const { said } = await journey(
    'deny',
    `
cp sample watched/infected; sees watched/infected first
FIRST=$(own lazaret-gate)
again() { for i in $(seq 300); do NEXT=$(own lazaret-gate); [ -n "$NEXT" ] && [ "$NEXT" != "$1" ] && break; sleep 0.1; done; }
kill -STOP $FIRST; sees watched/infected stopped; again $FIRST
for k in 1 2 3; do OLD=$(own lazaret-gate); kill -9 $OLD; sees watched/infected "killed $k"; again $OLD; done
[ "$(own lazaret-gate)" != "$FIRST" ] && echo "another gate"
sees watched/infected "at last"
for i in $(seq 300); do [ $(grep -o '"letThrough":"[^"]*"' out | sort -u | wc -l) -ge $READ ] && break; sleep 0.1; done
`,
  );
  const lines = said.split('\n');
  for (const line of ['first refused', 'another gate', 'at last refused', 'exit 0'])
    assert.ok(lines.includes(line), `"${line}" in:\n${said}`);
  assert.equal(lines.filter((line) => /^(stopped|killed \d) (read|refused)$/.test(line)).length, 4, said);
  // An open that a gate had read when it died is answered by the policy's rule, here: allowed – and told, each of them.
  const read = lines.filter((line) => /^(stopped|killed \d) read$/.test(line));
  assert.equal(letThrough(said).size, read.length, said);
});

test('RT-9c: an upgrade of the gate lets nothing through: not what comes meanwhile, nor what waits for its verdict', async () => {
  const { said } = await journey(
    'deny',
    `
cp sample watched/infected; sees watched/infected first
SCANNER=$(own lazaret-scanner)
for k in 1 2 3; do
  OLD=$(own lazaret-gate)
  kill -STOP $SCANNER; cp sample "watched/unknown$k"
  sees "watched/unknown$k" "waiting $k" & ASKS=$!
  waits
  kill -HUP $SUPERVISOR; ( sleep 0.2; kill -CONT $SCANNER ) & RUNS=$!
  for i in $(seq 60); do sees watched/infected meanwhile; done
  wait $ASKS $RUNS
  [ "$(own lazaret-gate)" != "$OLD" ] && echo "upgraded $k"
done
`,
  );
  const lines = said.split('\n');
  for (const line of [
    'first refused',
    ...[1, 2, 3].flatMap((k) => [`waiting ${k} refused`, `upgraded ${k}`]),
    'exit 0',
  ])
    assert.ok(lines.includes(line), `"${line}" in:\n${said}`);
  assert.equal(lines.filter((line) => line === 'meanwhile refused').length, 180, said);
  assert.equal(letThrough(said).size, 0, said);
});

test('an open that a gate had read when it died is told once, even if the gates that follow die before they can tell it', async () => {
  const { said } = await journey(
    'deny',
    `
SCANNER=$(own lazaret-scanner); kill -STOP $SCANNER
echo fresh >watched/fresh
( cat watched/fresh >/dev/null; echo "the waiter went on" ) &
WAITER=$!
waits
for k in 1 2 3; do
  GATE=$(own lazaret-gate); kill -9 $GATE
  for i in $(seq 200); do NEXT=$(own lazaret-gate); [ -n "$NEXT" ] && [ "$NEXT" != "$GATE" ] && break; sleep 0.005; done
done
wait $WAITER
for i in $(seq 100); do grep -q '"cause":"gate-died"' out && break; sleep 0.1; done
sleep 1; kill -CONT $SCANNER 2>/dev/null
`,
  );
  const lines = said.split('\n');
  assert.ok(lines.includes('the waiter went on'), said);
  const told = lines.filter((line) => line.includes('"type":"let-through"') && line.includes('"cause":"gate-died"'));
  assert.equal(told.length, 1, said);
  assert.match(told[0] ?? '', /"path":"[^"]*\/watched\/fresh"/);
  assert.match(told[0] ?? '', /"executable":"[^"]*\/cat"/);
});

test('more mounts than a message holds: real-time is on, all of them are watched, and what is not told by name is counted', async () => {
  const before = `for i in $(seq 400); do at="$PLACE/watched/$(printf 'a-name-that-is-long-enough-to-fill-a-packet-%060d' $i)"; mkdir "$at"; mount -t tmpfs none "$at"; done`;
  const { said } = await journey(
    'deny',
    `
LAST=$(ls -d watched/a-name* | tail -1)
cp sample "$LAST/infected"; sees "$LAST/infected" last
`,
    before,
  );
  const lines = said.split('\n');
  assert.ok(lines.includes('last refused'), said.slice(0, 2_000));
  const ready = lines.find((line) => line.startsWith('{"type":"ready"')) ?? '';
  const { watching } = JSON.parse(ready) as { watching: readonly { mountPoint: string; why: string | null }[] };
  const more = /^(\d+) more/.exec(watching.at(-1)?.why ?? '')?.[1];
  assert.equal(watching.length - 1 + Number(more), 401, ready.slice(-400));
});

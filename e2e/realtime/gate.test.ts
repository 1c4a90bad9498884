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
import { ROOT } from '../support/places.ts';

const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-', 'FILE!$H+H*'].join('');

/** The journey as a shell sees it. `own NAME`: the child of the supervisor that bears a name. */
const PRELUDE = `
set -u
READ=0
mount -t tmpfs none "$PLACE/watched"
eval "$BEFORE"
cd "$PLACE"
"$ROOT/lazaret" realtime --watch "$PLACE/watched" --action "$ACTION" --deadline-ms "$DEADLINE" --json >out 2>err &
STARTED=$!
for i in $(seq 1800); do grep -q '"state":"on"' out && break; kill -0 $STARTED 2>/dev/null || break; sleep 0.1; done
grep -q '"state":"on"' out || { echo "state $(cat out err)"; exit 3; }
children() { for each in $(cat /proc/$1/task/*/children); do [ "$(cat /proc/$each/comm)" = "$2" ] && echo $each; done; }
# The kernel may leave some out of that list while others end: asked again, before it counts as none.
child() { for again in 1 2 3 4 5; do found=$(children $1 $2); [ -n "$found" ] && echo "$found" && return; done; }
SUPERVISOR=$(child $STARTED lazaret-supervi)
[ -n "$SUPERVISOR" ] || { echo "no supervisor"; exit 4; }
( sleep 580; kill -9 $SUPERVISOR 2>/dev/null ) >/dev/null 2>&1 &
WATCHDOG=$!
own() { child $SUPERVISOR "$1"; }
sees() {
  timeout -s KILL $((DEADLINE / 1000 + 2)) cat "$1" >/dev/null 2>&1
  case $? in 0) READ=$((READ + 1)); echo "$2 read";; 1) echo "$2 refused";; *) echo "$2 left waiting";; esac
}
upgrades() { "$ROOT/lazaret" realtime stats --json | grep -o '"upgrades":[0-9]*' | cut -d: -f2; }
upgraded() { for i in $(seq 40); do [ "0$(upgrades)" -ge $1 ] && echo "upgraded $1" && return; sleep 0.1; done; }
# By the kernel's own word, at once: a command takes a second to start on a busy machine.
held() { for i in $(seq 4000); do grep -q fanotify /proc/$1/stack 2>/dev/null && return; sleep 0.005; done; echo "$1 is not held"; }
waiting() { "$ROOT/lazaret" realtime stats --json | grep -o '"waiting":[0-9]*' | head -1 | cut -d: -f2; }
# At least so many: what was written may be looked at in the background beside the open that waits for it.
waits() { for i in $(seq 40); do [ "0$(waiting)" -ge \${1:-1} ] && return; done; echo "nothing waits: $("$ROOT/lazaret" realtime stats --json)"; }
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
  // Long, so that on a busy machine a verdict comes before it; what is stopped or dies is answered sooner.
  deadlineMs = 10_000,
): Promise<{ readonly said: string; readonly code: number | null }> {
  const place = mkdtempSync(join(tmpdir(), 'lazaret-realtime-'));
  try {
    writeFileSync(join(place, 'sample'), EICAR);
    const body = `mkdir "$PLACE/watched"\n${PRELUDE}${script}${END}`;
    const child = spawn('unshare', ['-m', '--propagation', 'private', 'bash', '-c', body], {
      env: {
        ...process.env,
        PLACE: place,
        ROOT,
        ACTION: action,
        BEFORE: before,
        DEADLINE: String(deadlineMs),
        LAZARET_STATE: join(place, 'state'),
      },
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
for i in $(seq 600); do grep -q '"refused":true' out && break; sleep 0.1; done
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
  kill -STOP $SCANNER; cp sample "watched/unknown$k"
  sees "watched/unknown$k" "waiting $k" & ASKS=$!
  waits
  kill -HUP $SUPERVISOR; ( sleep 0.2; kill -CONT $SCANNER ) & RUNS=$!
  for i in $(seq 60); do sees watched/infected meanwhile; done
  wait $ASKS $RUNS
  upgraded $k
done
`,
    '',
    15_000,
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

test('RT-9c: an upgrade of the gate waits for a scan of 2 s, or takes it along: what is infected is refused all the same, on every mount', async () => {
  // The gate looks at accounts and at their subordinate numbers, and here it is asked about its own look.
  const before = `for i in 1 2 3; do mkdir "$PLACE/watched/m$i"; mount -t tmpfs none "$PLACE/watched/m$i"; done
mkdir "$PLACE/watched/etc"
for name in passwd subuid; do
  [ -e /etc/$name ] && cp /etc/$name "$PLACE/watched/etc/" && mount --bind "$PLACE/watched/etc/$name" /etc/$name
done`;
  const { said } = await journey(
    'deny',
    `
for k in 1 2; do
  # One that stands still for long is ended, and followed by another.
  for i in $(seq 600); do SCANNER=$(own lazaret-scanner); [ -n "$SCANNER" ] && break; sleep 0.1; done
  kill -STOP $SCANNER; ASKS=
  for i in 1 2 3; do cp sample "watched/m$i/long$k"; sees "watched/m$i/long$k" "long $k on $i" & ASKS="$ASKS $!"; done
  waits 3
  # Twice: it does not wait for a quiet moment then.
  for n in $(seq $k); do kill -HUP $SUPERVISOR; sleep 0.5; done
  sleep $([ $k = 1 ] && echo 1.5 || echo 0.5); kill -CONT $SCANNER 2>/dev/null
  wait $ASKS
  upgraded $k
done
`,
    before,
    15_000,
  );
  const lines = said.split('\n');
  for (const line of [
    ...[1, 2].flatMap((k) => [1, 2, 3].map((i) => `long ${k} on ${i} refused`)),
    ...[1, 2].map((k) => `upgraded ${k}`),
    'exit 0',
  ])
    assert.ok(lines.includes(line), `"${line}" in:\n${said}`);
  assert.equal(letThrough(said).size, 0, said);
});

test('RT-9c: a new gate that does not start, hangs or has another table takes nobody’s place; one that dies in its first moment leaves no open waiting or untold', {
  timeout: 300_000,
}, async () => {
  const before = 'GATE="$ROOT/.build/native/bin/lazaret-gate"; mount --bind "$GATE" "$GATE"';
  const { said } = await journey(
    'deny',
    `
SCANNER=$(own lazaret-scanner); FIRST=$(own lazaret-gate)
program() { printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod 755 "$1"; }
program broken 'exit 7'; program hangs 'exec sleep 30'; program other 'exit 3'; program dies '[ "$1" = --takes-over ] || exit 9'; cp broken closed; chmod 600 closed
for name in broken closed other hangs; do
  mount --bind $name "$GATE"
  kill -STOP $SCANNER; cp sample "watched/$name"; sees "watched/$name" $name & ASKS=$!
  kill -HUP $SUPERVISOR; sleep 0.5; kill -CONT $SCANNER; wait $ASKS
  for i in $(seq 600); do [ $(grep -c 'the old gate continues' err) = $((i > 0 ? \${SAID:=0} + 1 : 0)) ] && break; sleep 0.1; done
  SAID=$(grep -c 'the old gate continues' err)
  [ "$(own lazaret-gate)" = $FIRST ] && echo "$name takes no place"
  umount "$GATE"
done
mount --bind dies "$GATE"
kill -STOP $SCANNER; cp sample watched/dies; READ=0; sees watched/dies dies & ASKS=$!
waits
kill -HUP $SUPERVISOR; sleep 0.4; kill -HUP $SUPERVISOR; wait $ASKS; kill -CONT $SCANNER
umount "$GATE"
for i in $(seq 600); do grep -q '"cause":"gate-died"' out && break; sleep 0.1; done
sees watched/dies 'at last'
`,
    before,
  );
  const lines = said.split('\n');
  for (const name of ['broken', 'closed', 'other', 'hangs'])
    for (const line of [`${name} refused`, `${name} takes no place`])
      assert.ok(lines.includes(line), `${line}:\n${said}`);
  assert.ok(lines.includes('dies read') && lines.includes('at last refused') && lines.includes('exit 0'), said);
  assert.equal(letThrough(said).size, 1, said);
});

test('RT-9c: where the gate’s own program, its libraries and its configuration lie on a watched file system, a gate that died is followed, and an upgrade goes on', async () => {
  const before = `
own_files() { ldd "$ROOT/.build/native/bin/lazaret-gate" | grep -o '/[^ ]*'; echo "$ROOT/.build/native/bin/lazaret-gate"; }
mkdir "$PLACE/watched/own"
for file in $(own_files); do cp -L "$file" "$PLACE/watched/own/"; mount --bind "$PLACE/watched/own/\${file##*/}" "$file"; done
export LAZARET_RUN="$PLACE/watched/run"`;
  const { said } = await journey(
    'deny',
    `
cp sample watched/infected; sees watched/infected first
OLD=$(own lazaret-gate); kill -9 $OLD; sees watched/infected killed
for i in $(seq 300); do NEXT=$(own lazaret-gate); [ -n "$NEXT" ] && [ "$NEXT" != "$OLD" ] && break; sleep 0.1; done
for i in $(seq 100); do timeout 5 "$ROOT/lazaret" realtime stats --json | grep -q '"waiting"' && break; sleep 0.1; done
sees watched/infected followed
kill -HUP $SUPERVISOR; upgraded 1
sees watched/infected 'at last'
grep -c 'the gate hangs' err
`,
    before,
  );
  const lines = said.split('\n');
  for (const line of ['first refused', 'followed refused', 'upgraded 1', 'at last refused', '0', 'exit 0'])
    assert.ok(lines.includes(line), `"${line}" in:\n${said}`);
});

test('an open that a gate had read when it died is told once, even if the gates that follow die before they can tell it', async () => {
  const { said } = await journey(
    'deny',
    `
SCANNER=$(own lazaret-scanner); kill -STOP $SCANNER
echo fresh >watched/fresh
cat watched/fresh >/dev/null &
WAITER=$!
held $WAITER
for k in 1 2 3; do
  GATE=$(own lazaret-gate); kill -9 $GATE
  for i in $(seq 200); do NEXT=$(own lazaret-gate); [ -n "$NEXT" ] && [ "$NEXT" != "$GATE" ] && break; sleep 0.005; done
done
wait $WAITER && echo "the waiter went on"
for i in $(seq 600); do grep -q '"cause":"gate-died"' out && break; sleep 0.1; done
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

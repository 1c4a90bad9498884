// SPDX-License-Identifier: Apache-2.0
// Two parts of ./check over the C++ sources: `format` (clang-format 14, .clang-format; --write changes the files) and `lint` (cppcheck). Exit code 1 on a finding.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { formatCommand, lintCommand, sourcesIn } from './commands.ts';

const [what, flag] = process.argv.slice(2);
const root = join(import.meta.dirname, '../..');
const sources = sourcesIn(join(root, 'native'));
if (what !== 'format' && what !== 'lint') {
  console.error('usage: tools/native/main.ts format [--write] | lint');
  process.exit(2);
}
const [program, ...argv] = what === 'format' ? formatCommand(sources, flag === '--write') : lintCommand(root, sources);
const ran = spawnSync(program, argv, { stdio: 'inherit', cwd: root });
if (ran.error) console.error(`${program}: ${ran.error.message}. ./check installs it.`);
console.log(`${sources.length} files`);
if (ran.status !== 0 || sources.length === 0) process.exitCode = 1;

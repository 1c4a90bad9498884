// SPDX-License-Identifier: Apache-2.0
// Runs one command of ./check; its output is shown only when it fails.
import { spawn } from 'node:child_process';
import type { Outcome } from './counts.ts';
import type { CommandPart } from './parts.ts';

export async function runCommand(part: CommandPart): Promise<Outcome> {
  const [program = '', ...argv] = part.command;
  const { code, output } = await collect(program, argv);
  if (code !== 0) console.log(output);
  return { counts: { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }, passed: [] };
}

function collect(program: string, argv: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

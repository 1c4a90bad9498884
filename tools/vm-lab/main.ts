// SPDX-License-Identifier: Apache-2.0
// `tools/node tools/vm-lab/main.ts prepare [--memory MB]` makes the lab's image and a VM that is asleep (./check does it in its set-up);
// `… run 'COMMAND'` wakes up a VM, runs the command in it and shows what it printed.
import { parseArgs } from 'node:util';
import { make, prepare } from './prepare.ts';
import { MEMORY_MB, startVm } from './vm.ts';

const { values, positionals } = parseArgs({
  options: { memory: { type: 'string', default: String(MEMORY_MB) } },
  allowPositionals: true,
});
const [order, command] = positionals;
const memoryMb = Number(values.memory);

if (order === 'prepare' && memoryMb > 0) await prepare(memoryMb);
// For `prepare` itself, which holds the lock.
else if (order === 'make' && memoryMb > 0) await make(memoryMb);
else if (order === 'run' && command !== undefined && memoryMb > 0) process.exitCode = await runOnce(command);
else {
  console.error("vm-lab: prepare [--memory MB], or run 'COMMAND' [--memory MB]");
  process.exitCode = 2;
}

async function runOnce(script: string): Promise<number> {
  const endings: (() => void | Promise<void>)[] = [];
  try {
    const vm = await startVm({ after: (work) => void endings.push(work) }, { name: 'run', memoryMb });
    const { code, stdout, stderr } = await vm.run(script);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return code ?? 1;
  } finally {
    for (const end of endings) await end();
  }
}

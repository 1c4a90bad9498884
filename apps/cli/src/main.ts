// SPDX-License-Identifier: Apache-2.0
// `lazaret`: argv → command → exit code. Each command teaches itself by --help.
import { PRODUCT_VERSION } from '@lazaret/agent';
import { spareMemory } from '@lazaret/platform';
import { EXIT, print } from './output.ts';
import { createProgram } from './program.ts';
import { asksVersion } from './version.ts';

spareMemory();
// The reader has gone (`| head`): nobody is left to tell, and that is no fault to speak of.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.error),
);

if (asksVersion(process.argv.slice(2))) print(`lazaret ${PRODUCT_VERSION}`);
else await createProgram(process.argv.includes('--json')).parseAsync();

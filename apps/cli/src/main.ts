// SPDX-License-Identifier: Apache-2.0
// `lazaret`: argv → command → exit code. Each command teaches itself by --help.
import { EXIT } from './output.ts';
import { createProgram } from './program.ts';

// The reader has gone (`| head`): nobody is left to tell, and that is no fault to speak of.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.error),
);

await createProgram(process.argv.includes('--json')).parseAsync();

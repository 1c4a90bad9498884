// SPDX-License-Identifier: Apache-2.0
/** Whether a command line asks for the version, whichever command it begins with. What comes behind `--` is a name. */
export function asksVersion(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).some((one) => one === '--version' || one === '-V');
}

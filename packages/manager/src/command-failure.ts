// SPDX-License-Identifier: Apache-2.0
// What a command of the manager prints when it fails: the code, what happened, where, and what to do. Only errors that Lazaret did not expect show a stack.
// Pure.
import { findErrorCode } from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';

/** Null: nobody expected it, so it is a fault of ours. */
export function findExpected(error: unknown): LazaretError | null {
  if (error instanceof LazaretError) return findErrorCode(error.code) === null ? null : error;
  if (!(error instanceof Error) || !('code' in error)) return null;
  const code = String(error.code);
  const said = error.message === '' ? code : error.message;
  if (code.startsWith('ERR_OSSL_'))
    return new LazaretError('manager.system', `A key or certificate cannot be read: ${said}.`, { cause: error });
  // Errors of Node's own calls name the call: a port in use, a key file that is not there, a name of a host that is none.
  if (!('syscall' in error)) return null;
  const where = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  return new LazaretError('manager.system', `The operating system reported an error: ${said}.`, {
    where,
    cause: error,
  });
}

/** As `lazaret` tells it. What is no error of ours is a fault of ours. */
export function failureForPeople(error: unknown): string {
  const { code, message, where } =
    error instanceof LazaretError ? error : new LazaretError('api.internal', wordsOf(error));
  const place = where === null || where === '' || message.includes(where) ? [] : [`where: ${where}`];
  const advice = findErrorCode(code)?.whatToDo;
  const more = [...place, ...(advice === undefined ? [] : [advice])].map((line) => `  ${plain(line)}\n`);
  return `lazaret-manager: ${plain(message)} (${code})\n${more.join('')}`;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a file's name or another program said cannot play with the terminal. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

// SPDX-License-Identifier: Apache-2.0
/**
 * What one code means. `exitCode`: of the command line where it ends a command; 2 when absent, 0 for what is only a warning.
 * `httpStatus`: of the manager's API; 400 when absent.
 */
export interface ErrorCodeEntry {
  readonly summary: string;
  readonly whatToDo: string;
  readonly exitCode?: 0 | 1 | 2 | 3;
  readonly httpStatus?: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503;
}

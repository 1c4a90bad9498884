// SPDX-License-Identifier: Apache-2.0
// By itself and without a schema, so that the console's first page loads none.

/**
 * Sent, as `1`, with what the console asks by itself while nobody is at it: such a request does not keep a session from ending unused. Lower case,
 * as node says the names of headers.
 */
export const UNATTENDED_HEADER = 'x-lazaret-unattended';

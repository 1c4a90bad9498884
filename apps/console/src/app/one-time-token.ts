// SPDX-License-Identifier: Apache-2.0
/** The token of a one-time link stands behind `#`, which no server and no log ever sees. */
export function tokenOfAddress(): string {
  return decodeURIComponent(window.location.hash.slice(1));
}

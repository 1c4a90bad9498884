// SPDX-License-Identifier: Apache-2.0
// The nonce of this page: the manager puts a fresh one into each answer. Without it no style that is made at run time would count.
import { setNonce } from 'get-nonce';

export function readNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** Scroll locks of dialogs (react-remove-scroll) ask get-nonce, not Mantine (mantine#6570). */
export function shareNonce(nonce: string): void {
  if (nonce !== '') setNonce(nonce);
}

// SPDX-License-Identifier: Apache-2.0
// How the manager hands the console to a browser: the built page has a placeholder wherever a nonce belongs, and each answer puts a fresh one
// there and into its policy. Nothing inline runs, and no style counts that this nonce does not name.

/** Replaced in index.html, everywhere, by 16 random bytes in base64, new for each answer. */
export const CONSOLE_NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** The content security policy of the page with this nonce. */
export function consoleSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

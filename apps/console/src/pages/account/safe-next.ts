// SPDX-License-Identifier: Apache-2.0
// Where a person goes once it has signed in, by the `next` of an address that anybody may have made. Pure.

const HERE = 'http://console.invalid';

/** Only a place of this console: an address of another host would be an open redirect. Read as a browser reads it, which leaves tabs and line ends out. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !URL.canParse(next, HERE)) return '/';
  const { origin, pathname, search, hash } = new URL(next, HERE);
  const isHere = origin === HERE && !pathname.startsWith('//') && !pathname.startsWith('/sign-in');
  return isHere ? `${pathname}${search}${hash}` : '/';
}

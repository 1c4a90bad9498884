// SPDX-License-Identifier: Apache-2.0
// The two cookies of a browser: its session, and the mark of a known browser. It owns their names and attributes. If the console is served over TLS – by the
// manager or by a proxy – they carry `__Host-`, so that no other host and no plain connection can set one.
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Cookies {
  /** The text of a cookie that a request carries; null where it carries none. */
  read(request: FastifyRequest, cookie: Cookie): string | null;
  set(reply: FastifyReply, cookie: Cookie, value: string, maxAgeMs: number): void;
}

export type Cookie = 'session' | 'device';

export function cookiesOf(secure: boolean): Cookies {
  const nameOf = (cookie: Cookie): string => `${secure ? '__Host-' : ''}lazaret_${cookie}`;
  return {
    read: (request, cookie) => {
      const header = request.headers.cookie;
      return header === undefined ? null : (parseCookie(header, { decode })[nameOf(cookie)] ?? null);
    },
    set: (reply, cookie, value, maxAgeMs) => {
      const maxAge = Math.floor(maxAgeMs / 1000);
      const attributes = { path: '/', httpOnly: true, sameSite: 'strict', maxAge, secure } as const;
      void reply.header('set-cookie', stringifySetCookie({ name: nameOf(cookie), value, ...attributes }));
    },
  };
}

/** Our values need no decoding. An empty one is no cookie: the parser goes on to the next of that name, so that it hides none. */
function decode(value: string): string | undefined {
  return value === '' ? undefined : value;
}

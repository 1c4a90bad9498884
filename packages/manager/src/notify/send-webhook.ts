// SPDX-License-Identifier: Apache-2.0
// Sends one message to a tenant's webhook, signed (AC-11b). The tenant chooses the address, but the provider's machine connects to it. So the webhook cannot
// reach anything inside the provider's network, whatever the name resolves to at that moment.
import { createHmac } from 'node:crypto';
import { lookup, type LookupAddress } from 'node:dns';
import { request } from 'node:https';
import { request as requestPlain } from 'node:http';
import { isIP } from 'node:net';
import { LazaretError } from '@lazaret/core';
import ipaddr from 'ipaddr.js';

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

export interface WebhookOptions {
  /** The provider may let webhooks reach private addresses, and speak plain HTTP. */
  readonly allowPrivate: boolean;
  readonly nowMs: number;
}

const ANSWER_MS = 15_000;

/** Resolves when the receiver answered 2xx; rejects with `notify.webhook_failed` otherwise. Redirects are not followed. */
export async function sendWebhook(
  webhook: Webhook,
  delivery: { readonly id: string; readonly body: string },
  { allowPrivate, nowMs }: WebhookOptions,
): Promise<void> {
  const url = new URL(webhook.url);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) throw failed('only https is allowed');
  // An address instead of a name is never looked up, so it is checked here.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(literal) !== 0 && isPrivate(literal)) throw failed('a private address is not allowed');
  const seconds = Math.floor(nowMs / 1000);
  const status = await post(url, delivery.body, allowPrivate, {
    'Content-Type': 'application/json',
    'User-Agent': 'Lazaret',
    'Lazaret-Delivery': delivery.id,
    'Lazaret-Signature': signatureOf(webhook.secret, seconds, delivery.body),
  });
  if (status < 200 || status > 299) throw failed(`it answered ${status}`);
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`. The time lets a receiver refuse what was recorded and played again. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function post(
  url: URL,
  body: string,
  allowPrivate: boolean,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? request : requestPlain;
    const outgoing = send(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(ANSWER_MS),
        lookup: allowPrivate ? lookup : lookupPublic,
      },
      (answer) => {
        answer.destroy(); // what it says beside its status is of no use, and may have no end
        resolve(answer.statusCode ?? 0);
      },
    );
    outgoing.on('error', (error) => reject(failed(error.message)));
    outgoing.end(body);
  });
}

/** Where the internet's own addresses of IPv6 lie. Everything else – site-local, mapped, compatible, translated (NAT64) – leads inside, or nowhere. */
const INTERNET = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is anything but a host of the internet, also one that carries another address inside itself (6to4, Teredo). */
export function isPrivate(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return true;
  return parsed instanceof ipaddr.IPv6 && !parsed.match(INTERNET);
}

/** Checked at the moment of connecting: a name that resolves to something else the second time gets nowhere. */
const lookupPublic: typeof lookup = ((host: string, options: object, done: LookupDone) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const open = addresses.filter(({ address }) => !isPrivate(address));
    const [first] = open;
    if (first === undefined) return done(new Error('it resolves only to private addresses'), []);
    if ('all' in options && options.all === true) return done(null, open);
    done(null, first.address, first.family);
  });
}) as typeof lookup;

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

function failed(why: string): LazaretError {
  return new LazaretError('notify.webhook_failed', `The webhook was not delivered: ${why}.`);
}

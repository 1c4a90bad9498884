// SPDX-License-Identifier: Apache-2.0
// Hands one message to a tenant's webhook, signed (AC-11b). The address is a tenant's wish, carried out by the provider's machine: so nothing
// inside the provider's network is reached by it, whatever the name resolves to at that moment.
import { createHmac } from 'node:crypto';
import { lookup, type LookupAddress } from 'node:dns';
import { request } from 'node:https';
import { request as requestPlain } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { LazaretError } from '@lazaret/core';

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

const privateAddresses = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv6');

export function isPrivate(address: string): boolean {
  // `::ffff:10.0.0.1` is checked as the IPv4 address that it is.
  return privateAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Checked at the moment of connecting: a name that resolves to something else the second time gets nowhere. */
const lookupPublic: typeof lookup = ((host: string, options: object, done: LookupDone) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const open = addresses.filter(({ address }) => !isPrivate(address));
    const [first] = open;
    if (first === undefined) return done(new Error('it resolves to private addresses alone'), []);
    if ('all' in options && options.all === true) return done(null, open);
    done(null, first.address, first.family);
  });
}) as typeof lookup;

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

function failed(why: string): LazaretError {
  return new LazaretError('notify.webhook_failed', `The webhook was not delivered: ${why}.`);
}

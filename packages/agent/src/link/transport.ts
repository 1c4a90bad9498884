// SPDX-License-Identifier: Apache-2.0
// HTTPS to a manager: TLS 1.3, both sides with a certificate of the installation's own authority. It owns the open connections; `close` ends them. The caller
// decides what is sent. If there are several managers, the one that answered last is tried first (MG-8a).
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import {
  INSTANCE_HEADER,
  LINK_LIMITS,
  linkErrorSchema,
  MANAGER_SERVER_NAME,
  splitManagerAddress,
} from '@lazaret/contract';
import { LazaretError } from '@lazaret/core';

export interface TransportTrust {
  readonly managers: readonly string[];
  /** PEM. */
  readonly authorities: readonly string[];
  /** Absent before activation. */
  readonly certificate?: string;
  readonly privateKey?: string;
  /** Of this start of the agent: who has a copy of the key does not know it. Absent before activation. */
  readonly instance?: string;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: string | Readable;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Transport {
  /** The checked JSON of the answer. Rejects with `link.unreachable`, or as LinkRefusal with the manager's own code. */
  askJson<T>(ask: Ask, schema: z.ZodType<T>): Promise<T>;
  /** The answer's bytes as they come; whoever reads them must end them. */
  askStream(ask: Ask): Promise<IncomingMessage>;
  /** Ends connections that are kept and not in use: the next ask makes its own. */
  dropKept(): void;
  close(): void;
}

/** The manager answered, and said no. */
export class LinkRefusal extends LazaretError {
  readonly status: number;
  /** What the answer asks to wait; null where it does not. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, status: number, retryAfterMs: number | null) {
    super(code, message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

const CONNECTIONS_MAX = 4;
const KEPT_MS = 65_000;
const CONNECT_MS_MAX = 10_000;

export function openTransport(trust: TransportTrust): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: KEPT_MS });
  const tls = {
    ca: [...trust.authorities],
    minVersion: 'TLSv1.3' as const,
    servername: MANAGER_SERVER_NAME,
    ...(trust.certificate === undefined ? {} : { cert: trust.certificate }),
    ...(trust.privateKey === undefined ? {} : { key: trust.privateKey }),
  };
  const said = trust.instance === undefined ? {} : { [INSTANCE_HEADER]: trust.instance };
  let first = 0;

  const send = async (ask: Ask): Promise<IncomingMessage> => {
    let last: unknown = null;
    const whys: string[] = [];
    for (let tried = 0; tried < trust.managers.length; tried++) {
      const at = (first + tried) % trust.managers.length;
      const { host, port } = splitManagerAddress(trust.managers[at] ?? '');
      try {
        const answer = await sendTo({ ...tls, agent, host, port, headers: said }, ask);
        first = at;
        return answer;
      } catch (error) {
        last ??= error;
        whys.push(`${host}: ${messageOf(error)}`);
        // A stream is read once: there is nothing left to send to the next one.
        if (ask.signal?.aborted === true || typeof ask.body === 'object') break;
      }
    }
    throw unreachable(last, trust.managers, whys.join('; '));
  };

  return {
    askStream: async (ask) => {
      const answer = await send(ask);
      if (isGood(answer)) return answer;
      throw refusal(answer, await readAll(answer));
    },
    askJson: async (ask, schema) => {
      const answer = await send(ask);
      const text = await readAll(answer);
      if (!isGood(answer)) throw refusal(answer, text);
      const parsed = schema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw new LazaretError(
        'link.bad_request',
        `The manager's answer to ${ask.path} cannot be read: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
      );
    },
    dropKept: () => {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    },
    close: () => agent.destroy(),
  };
}

type Place = Omit<RequestOptions, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

function sendTo(place: Place, ask: Ask): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { body } = ask;
    const headers: Record<string, string | number> = { ...place.headers, accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = ask.contentType ?? 'application/json';
    if (typeof body === 'string') headers['content-length'] = Buffer.byteLength(body);
    const request = httpsRequest({ ...place, method: ask.method, path: ask.path, headers });
    const timeoutMs = ask.timeoutMs ?? LINK_LIMITS.answerMsMax;
    const giveUp = (why: string) => (): void => void request.destroy(new Error(why));
    const late = setTimeout(giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
    const connecting = setTimeout(giveUp(`no connection within ${CONNECT_MS_MAX} ms`), CONNECT_MS_MAX);
    const abort = giveUp('the agent ended the request');
    const settle = (): void => {
      clearTimeout(late);
      clearTimeout(connecting);
      ask.signal?.removeEventListener('abort', abort);
    };
    if (ask.signal?.aborted === true) abort();
    ask.signal?.addEventListener('abort', abort, { once: true });
    request.on('socket', (socket) => {
      if (!socket.connecting) clearTimeout(connecting);
      else socket.once('secureConnect', () => clearTimeout(connecting));
    });
    request.on('error', (error) => {
      settle();
      reject(error);
    });
    request.on('response', (answer) => {
      answer.on('close', settle);
      resolve(answer);
    });
    if (body === undefined || typeof body === 'string') request.end(body);
    else body.on('error', (error) => request.destroy(error)).pipe(request);
  });
}

function isGood({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > LINK_LIMITS.policyBytesMax + LINK_LIMITS.bodyBytesMax) throw new Error('the answer is too large');
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    answer.destroy();
    throw new LazaretError('link.unreachable', `The answer of the manager was cut off: ${messageOf(cause)}.`, {
      cause,
    });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refusal(answer: IncomingMessage, text: string): LinkRefusal {
  const status = answer.statusCode ?? 0;
  const told = linkErrorSchema.safeParse(parseJson(text));
  const seconds = Number(answer.headers['retry-after']);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : null;
  return told.success
    ? new LinkRefusal(told.data.error.code, told.data.error.message, status, retryAfterMs)
    : new LinkRefusal('link.refused', `The manager answered with status ${status}.`, status, retryAfterMs);
}

function unreachable(cause: unknown, managers: readonly string[], message: string): LazaretError {
  if (cause instanceof Error && 'code' in cause && isClockFault(String(cause.code))) return clockFault(managers, cause);
  const untrusted = cause instanceof Error && 'code' in cause && isTrustFault(String(cause.code));
  const code = untrusted ? 'link.untrusted' : 'link.unreachable';
  return new LazaretError(code, message, { where: managers.join(' '), cause });
}

/** Certificates of managers begin long ago and last for weeks: whose clock is outside of that is wrong (SY-6a). */
function isClockFault(code: string): boolean {
  return code === 'CERT_NOT_YET_VALID' || code === 'CERT_HAS_EXPIRED';
}

function clockFault(managers: readonly string[], cause: Error): LazaretError {
  const now = new Date().toISOString();
  const message = `${managers.join(', ')}: ${cause.message} by the clock of this VM (${now}). The clock must be wrong by weeks.`;
  return new LazaretError('link.clock', message, { where: managers.join(' '), cause });
}

function isTrustFault(code: string): boolean {
  return /CERT|SIGNATURE|VERIFY|ALTNAME|SELF_SIGNED|ISSUER/.test(code);
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

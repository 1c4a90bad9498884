// SPDX-License-Identifier: Apache-2.0
// The one door to the manager. Owns: the path prefix, the header against forged requests, the shape of failures. Must not own: what is asked.
import { type RestFault, UNATTENDED_HEADER } from '@lazaret/contract';
import { isAttended } from './attendance.ts';
import { formatQuery, type Query } from './query.ts';

const PREFIX = '/api/v1';
const TIMEOUT_MS = 30_000;
/** An upload of patterns takes its time. */
const UPLOAD_TIMEOUT_MS = 600_000;
const UPLOAD_LENGTH_MIN = 1_000_000;

/** A failure of the API with its code, or `console.unreachable` where no answer came. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly path: string | undefined;
  readonly faults: readonly RestFault[];

  constructor(status: number, code: string, message: string, path?: string, faults: readonly RestFault[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.path = path;
    this.faults = faults;
  }
}

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return send<T>('GET', path + formatQuery(query), undefined, signal);
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>('POST', path, body);
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PUT', path, body);
}

export function patch<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PATCH', path, body);
}

export function remove<T>(path: string, body?: unknown): Promise<T> {
  return send<T>('DELETE', path, body);
}

export function urlOf(path: string, query: Query = {}): string {
  return PREFIX + path + formatQuery(query);
}

async function send<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const timeoutMs = (text?.length ?? 0) >= UPLOAD_LENGTH_MIN ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS;
  const response = await fetchOrExplain(PREFIX + path, {
    method,
    credentials: 'same-origin',
    headers: headersOf(method, body),
    signal: signal ?? AbortSignal.timeout(timeoutMs),
    ...(text === undefined ? {} : { body: text }),
  });
  if (!response.ok) throw await readError(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function headersOf(method: string, body: unknown): Record<string, string> {
  return {
    accept: 'application/json',
    ...(method === 'GET' ? {} : { 'X-Lazaret-Request': '1' }),
    ...(isAttended() ? {} : { [UNATTENDED_HEADER]: '1' }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

async function fetchOrExplain(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'console.unreachable', 'The manager does not answer.');
  }
}

async function readError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const error = isEnvelope(body) ? body.error : null;
  const code = error?.code ?? 'console.unexpected';
  return new ApiError(response.status, code, error?.message ?? `HTTP ${response.status}`, error?.path, error?.faults);
}

interface Envelope {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly path?: string;
    readonly faults?: RestFault[];
  };
}

function isEnvelope(body: unknown): body is Envelope {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object';
}

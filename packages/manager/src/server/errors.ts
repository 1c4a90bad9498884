// SPDX-License-Identifier: Apache-2.0
// Failures of a request: what a feature throws, and how each failure becomes a status and the one envelope (MG-3). An unexpected error is logged completely,
// but the caller gets only a code and the id of the request: never a stack, never a query.
import { type ErrorEnvelope, findErrorCode, type RestFault } from '@lazaret/contract';
import { formatPointer, LazaretError } from '@lazaret/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

/** A refusal that names every fault of what was sent. */
export class FaultsError extends LazaretError {
  readonly faults: readonly RestFault[];

  constructor(code: string, message: string, faults: readonly RestFault[]) {
    super(code, message);
    this.faults = faults;
  }
}

export function notFound(what: string): LazaretError {
  return new LazaretError('api.not_found', `This ${what} does not exist.`);
}

export function conflict(message: string): LazaretError {
  return new LazaretError('api.conflict', message);
}

/** A refusal that is about one row of a bulk answer; what is a fault of ours goes on up. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error) || !codeOf(error).startsWith('api.')) throw error;
  return { code: codeOf(error), message: error.message };
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

export interface Failure {
  readonly status: number;
  readonly body: ErrorEnvelope;
}

/** Null: it is a fault of ours. */
export function describeFailure(error: unknown): Failure | null {
  if (error instanceof FaultsError) return failure(error.code, error.message, { faults: [...error.faults] });
  if (error instanceof LazaretError && findErrorCode(error.code) !== null)
    return failure(error.code, error.message, error.where === null ? {} : { path: error.where });
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  return describeDatabaseError(error) ?? describeFrameworkError(error);
}

/** Two at the same moment: unique_violation, serialization_failure, deadlock_detected. One of them was done, and this one was not. */
const MET_ANOTHER = new Set(['23505', '40001', '40P01']);

function describeDatabaseError(error: unknown): Failure | null {
  if (!(error instanceof Error) || !MET_ANOTHER.has(codeOf(error))) return null;
  return failure('api.conflict', 'Another request did the same at the same time.');
}

function failure(code: string, message: string, more: Partial<ErrorEnvelope['error']> = {}): Failure {
  return { status: findErrorCode(code)?.httpStatus ?? 400, body: { error: { code, message, ...more } } };
}

/** An answer that names every fault of a megabyte would be another megabyte; who mends these sees the next ones. */
const FAULTS_MAX = 100;
const FAULT_LENGTH_MAX = 500;
/** Fastify's words for the parts of a request, as a person would call them. */
const PARTS: Readonly<Record<string, string>> = {
  body: 'body',
  params: 'address',
  querystring: 'query',
  headers: 'head',
};

function invalidRequest(error: FastifyError): Failure {
  const part = error.validationContext ?? 'body';
  const faults = (error.validation ?? []).slice(0, FAULTS_MAX).map(({ instancePath, message = 'is not valid' }) => ({
    code: 'api.invalid',
    path: instancePath === '/' ? '' : instancePath.slice(0, FAULT_LENGTH_MAX),
    message: message.slice(0, FAULT_LENGTH_MAX),
  }));
  return failure('api.invalid', `The ${PARTS[part] ?? part} does not have the form that the API document describes.`, {
    faults,
  });
}

/** What Fastify refuses by itself: bad JSON, too large, a type that it does not read. */
function describeFrameworkError(error: unknown): Failure | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const { message } = error;
  switch (error.statusCode) {
    case 400:
    case 414:
    case 431:
      return failure('api.invalid', message);
    case 404:
      return failure('api.not_found', 'There is no such address in the API.');
    case 413:
      return failure('api.too_large', message);
    case 415:
      return failure('api.unsupported_media_type', message);
    default:
      return null;
  }
}

/** Fastify's error handler. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const described = describeFailure(error);
  if (described === null) request.log.error({ err: error }, 'internal error');
  const { status, body } =
    described ?? failure('api.internal', `The manager has an internal error. Request id: ${request.id}.`);
  if (status === 503 && !reply.hasHeader('retry-after')) void reply.header('retry-after', '5');
  return reply.code(status).send(body);
}

/** Deeper than any policy; far less than what a stack holds. */
export const DEPTH_MAX = 64;

/** Text that PostgreSQL cannot hold and JSON should not carry – NUL, halves of a surrogate pair –, and what is nested so deep that nobody can walk it. */
export function findUnfit(value: unknown, steps: readonly (string | number)[] = []): RestFault | null {
  if (steps.length > DEPTH_MAX)
    return { code: 'api.invalid', path: '', message: `The document is nested deeper than ${DEPTH_MAX} levels.` };
  if (typeof value === 'string') return isGoodText(value) ? null : badText(steps);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return null;
  for (const [key, item] of Object.entries(value)) {
    const found = isGoodText(key) ? findUnfit(item, [...steps, key]) : badText(steps);
    if (found !== null) return found;
  }
  return null;
}

/** Looked at before anything walks a value that came from outside. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return depth >= DEPTH_MAX || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}

function isGoodText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function badText(steps: readonly (string | number)[]): RestFault {
  return {
    code: 'api.invalid',
    path: formatPointer(steps),
    message: 'Text must not contain NUL or half of a surrogate pair.',
  };
}

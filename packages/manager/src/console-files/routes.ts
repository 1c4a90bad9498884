// SPDX-License-Identifier: Apache-2.0
// The console's built files, under a content security policy that allows our own files and nothing else: no inline script, and of styles only those that
// carry the nonce of this very answer. Owns: the files in memory. Every address that is no file and no API is the page: it finds its way itself.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { CONSOLE_NONCE_PLACEHOLDER, consoleSecurityPolicy } from '@lazaret/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ManagerServer } from '../server/index.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

interface ConsoleFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Its name holds a hash of its content: it may be kept for ever. */
  readonly isImmutable: boolean;
}

/** Serves what lies in `directory`. Where nothing was built there is no page, and the API says so by 404. */
export function registerConsoleFiles(server: ManagerServer, directory: string): void {
  if (!existsSync(join(directory, 'index.html'))) {
    server.log.warn({ directory }, 'the console is not built: there is the API alone');
    return;
  }
  const files = readFiles(directory);
  const page = readFileSync(join(directory, 'index.html'), 'utf8');
  const handler = (request: FastifyRequest, reply: FastifyReply): FastifyReply | void => {
    if (request.url.startsWith('/api/')) return reply.callNotFound();
    const path = new URL(request.url, 'http://console').pathname;
    const file = files.get(path);
    if (file !== undefined) return sendFile(reply, file);
    return extname(path) === '' ? sendPage(reply, page) : reply.callNotFound();
  };
  const options = { config: { right: 'public' }, schema: { summary: 'The console', hide: true } } as const;
  for (const url of ['/', '/*']) server.get(url, options, handler);
}

function sendFile(reply: FastifyReply, { bytes, type, isImmutable }: ConsoleFile): FastifyReply {
  void reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  if (isImmutable) void reply.header('cache-control', 'public, max-age=31536000, immutable');
  return reply.type(type).send(bytes);
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(18).toString('base64');
  void reply.headers({
    'content-security-policy': consoleSecurityPolicy(nonce),
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
  return reply.type('text/html; charset=utf-8').send(page.replaceAll(CONSOLE_NONCE_PLACEHOLDER, nonce));
}

function readFiles(directory: string): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined || entry.name === 'index.html') continue;
    const path = join(entry.parentPath, entry.name);
    const url = path.slice(directory.replace(/\/$/, '').length);
    files.set(url, { bytes: readFileSync(path), type, isImmutable: url.startsWith('/assets/') });
  }
  return files;
}

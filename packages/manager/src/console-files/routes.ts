// SPDX-License-Identifier: Apache-2.0
// The console's built files, under a content security policy that allows our own files and nothing else: no inline script, and of styles only those that
// carry the nonce of this very answer. Every address that is no file and no API is the page: it finds its way itself.
// The page, and which files there are, are read once, at the start; a file's bytes are read from disk at each request. So after another build of the console the
// page names files that are gone, and the new ones are 404, until the manager starts again.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import fastifyStatic from '@fastify/static';
import { CONSOLE_NONCE_PLACEHOLDER, consoleSecurityPolicy } from '@lazaret/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ManagerServer } from '../server/index.ts';

/** Serves what lies in `directory`. Where nothing was built there is no page, and the API says so by 404. */
export function registerConsoleFiles(server: ManagerServer, directory: string): void {
  if (!existsSync(join(directory, 'index.html'))) {
    server.log.warn({ directory }, 'the console is not built; the manager serves only the API');
    return;
  }
  // The library adds no routes (`serve: false`): ours name their right, and know which files may be asked for. It adds `reply.sendFile`, which reads the file from
  // disk and sends it with its type and cache headers, in its compressed form (`.br`, `.gz` beside it) to whoever accepts that.
  void server.register(fastifyStatic, { root: directory, serve: false, preCompressed: true });
  const files = listFiles(directory);
  const page = readFileSync(join(directory, 'index.html'), 'utf8');
  const handler = (request: FastifyRequest, reply: FastifyReply): FastifyReply | void => {
    if (request.url.startsWith('/api/')) return reply.callNotFound();
    const path = new URL(request.url, 'http://console').pathname;
    if (files.has(path)) return sendFile(reply, path);
    return extname(path) === '' ? sendPage(reply, page) : reply.callNotFound();
  };
  const options = { config: { right: 'public' }, schema: { summary: 'The console', hide: true } } as const;
  for (const url of ['/', '/*']) server.get(url, options, handler);
}

/** What lies in `assets` has a hash of its content in its name: it may be kept for ever. */
function sendFile(reply: FastifyReply, path: string): FastifyReply {
  void reply.headers({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    vary: 'accept-encoding',
  });
  const isImmutable = path.startsWith('/assets/');
  return reply.sendFile(path.slice(1), isImmutable ? { maxAge: '365d', immutable: true } : {});
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

/** Compressed forms are no files of their own: they stand for the file beside them. */
const COMPRESSED: ReadonlySet<string> = new Set(['.br', '.gz']);

function listFiles(directory: string): ReadonlySet<string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const urls = files.map((entry) => `/${relative(directory, join(entry.parentPath, entry.name))}`);
  return new Set(urls.filter((url) => url !== '/index.html' && !COMPRESSED.has(extname(url))));
}

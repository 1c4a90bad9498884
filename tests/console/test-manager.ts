// SPDX-License-Identifier: Apache-2.0
// A stand-in for the manager, for looking at the console's pages alone: it serves the built page under the very policy of the product, and answers
// from fixtures that are checked by the contract's own shapes. Owns its server and closes it. The product never sees it; e2e tests the real one.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import type { AddressInfo } from 'node:net';
import { CONSOLE_NONCE_PLACEHOLDER, consoleSecurityPolicy } from '@lazaret/contract';
import { findAnswer } from './fixtures.ts';

const DIST = join(import.meta.dirname, '../../apps/console/dist');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface TestManager {
  readonly url: string;
  /** What the page asked for and the fixtures did not have: a test fails on any. */
  readonly unknown: readonly string[];
  /** Tells every open page what changed. */
  tell(topic: string): void;
  close(): Promise<void>;
}

export async function startTestManager(): Promise<TestManager> {
  const unknown: string[] = [];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.endsWith('/live')) openStream(response, streams);
    else if (url.pathname.startsWith('/api/')) void answer(request, url, response, unknown);
    else serveFile(url.pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    unknown,
    tell: (topic) => {
      for (const stream of streams) stream.write(`data: ${JSON.stringify({ topic, id: null })}\n\n`);
    },
    close: async () => {
      for (const stream of streams) stream.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function openStream(response: ServerResponse, streams: Set<ServerResponse>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 2000\n\n');
  streams.add(response);
  response.on('close', () => streams.delete(response));
}

async function answer(request: IncomingMessage, url: URL, response: ServerResponse, unknown: string[]): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const found = findAnswer(request.method ?? 'GET', url, text === '' ? null : (JSON.parse(text) as unknown));
  if (found === null) unknown.push(`${request.method} ${url.pathname}`);
  const { status, body } = found ?? { status: 404, body: { error: { code: 'api.not_found', message: 'Not there.' } } };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 204 ? '' : JSON.stringify(body));
}

function serveFile(path: string, response: ServerResponse): void {
  const file = join(DIST, normalize(path));
  const isFile = extname(path) !== '' && file.startsWith(DIST) && existsSync(file);
  if (!isFile) {
    const nonce = randomBytes(16).toString('base64');
    const page = readFileSync(join(DIST, 'index.html'), 'utf8').replaceAll(CONSOLE_NONCE_PLACEHOLDER, nonce);
    response.writeHead(200, {
      'content-type': TYPES['.html'],
      'content-security-policy': consoleSecurityPolicy(nonce),
    });
    response.end(page);
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  response.end(readFileSync(file));
}

// SPDX-License-Identifier: Apache-2.0
// Examines the way to the manager, hop by hop (SY-9): its name, the route to each of its addresses, who answers there, and the clock. The first hop that fails
// is reported with what to do; nothing can be said about the hops behind it. It owns a socket while it examines an address.
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MANAGER_SERVER_NAME, splitManagerAddress } from '@lazaret/contract';
import {
  answers,
  cannotConnect,
  clockDiffers,
  codeOf,
  CONNECT_MS,
  doesNotSpeak,
  isManager,
  isSilent,
  isSomebodyElse,
  nameIs,
  nameLeadsNowhere,
  placeOf,
  type RouteStep,
} from './route-steps.ts';

const ANSWER_BYTES_MAX = 4_096;

/** `authorities`: PEM. Never rejects. */
export async function examineRoute(
  manager: string,
  authorities: readonly string[],
  nowMs: () => number,
): Promise<readonly RouteStep[]> {
  const { host, port } = splitManagerAddress(manager);
  const name = await examineName(manager, host);
  if ('failed' in name) return [name.failed];
  const steps: RouteStep[] = [name.step];
  for (const address of name.addresses) {
    const route = await examineAddress(address, port);
    steps.push(route);
    if (route.ok) return [...steps, ...(await examineAnswer(address, port, authorities, nowMs))];
  }
  return steps;
}

type Named = { readonly step: RouteStep; readonly addresses: readonly string[] } | { readonly failed: RouteStep };

/** By the system's own resolver: an entry in /etc/hosts alone is enough. */
async function examineName(place: string, host: string): Promise<Named> {
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    return { step: nameIs(place, host, addresses), addresses };
  } catch (error) {
    return { failed: nameLeadsNowhere(place, host, codeOf(error)) };
  }
}

function examineAddress(address: string, port: number): Promise<RouteStep> {
  const place = placeOf(address, port);
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const finish = (step: RouteStep): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(step);
    };
    const timer = setTimeout(() => finish(isSilent(place)), CONNECT_MS);
    socket.on('connect', () => finish(answers(place)));
    socket.on('error', (error) => finish(cannotConnect(place, codeOf(error))));
  });
}

function examineAnswer(
  address: string,
  port: number,
  authorities: readonly string[],
  nowMs: () => number,
): Promise<readonly RouteStep[]> {
  const place = placeOf(address, port);
  return new Promise((resolve) => {
    const socket = connectTls({
      host: address,
      port,
      ca: [...authorities],
      servername: MANAGER_SERVER_NAME,
      minVersion: 'TLSv1.3',
    });
    let text = '';
    const finish = (steps: readonly RouteStep[]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(steps);
    };
    const recognised = isManager(place);
    const timer = setTimeout(() => finish([socket.authorized ? recognised : doesNotSpeak(place)]), CONNECT_MS);
    socket.on('error', (error) => finish([isSomebodyElse(place, codeOf(error))]));
    // Anything will do: every answer of the manager carries its time.
    socket.on('secureConnect', () =>
      socket.write(`GET / HTTP/1.1\r\nHost: ${MANAGER_SERVER_NAME}\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const date = /^date: (.+)$/im.exec(text)?.[1];
      if (date !== undefined) finish([recognised, clockDiffers(place, nowMs() - Date.parse(date))]);
      else if (text.length > ANSWER_BYTES_MAX) finish([recognised]);
    });
    socket.on('end', () => finish([recognised]));
  });
}

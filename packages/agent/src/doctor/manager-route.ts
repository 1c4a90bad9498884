// SPDX-License-Identifier: Apache-2.0
// The way to the manager, hop by hop (SY-9): its name, the route to each of its addresses, who answers there, and the clock. The first hop that fails is
// named with what to do; what lies behind it cannot be said.
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CLOCK_WARNING_MS, MANAGER_SERVER_NAME, splitManagerAddress } from '@lazaret/contract';

export interface RouteStep {
  readonly step: 'name' | 'route' | 'tls' | 'clock';
  readonly ok: boolean;
  /** `host:port`, or an address of it. */
  readonly place: string;
  readonly message: string;
  readonly whatToDo: string | null;
}

const CONNECT_MS = 5_000;
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
    return { step: good('name', place, `${host} is ${addresses.join(', ')}`), addresses };
  } catch (error) {
    const message = `The name ${host} leads nowhere (${codeOf(error)}).`;
    return { failed: bad('name', place, message, `Ask for its DNS entry, or add a line for it to /etc/hosts.`) };
  }
}

function examineAddress(address: string, port: number): Promise<RouteStep> {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const finish = (step: RouteStep): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(step);
    };
    const silent = bad(
      'route',
      place,
      `${place} does not answer within ${CONNECT_MS / 1_000} s.`,
      'A firewall on the way drops it, or the machine is off: open the port, or ask who runs the network.',
    );
    const timer = setTimeout(() => finish(silent), CONNECT_MS);
    socket.on('connect', () => finish(good('route', place, `${place} answers`)));
    socket.on('error', (error) => finish(explainConnect(place, codeOf(error))));
  });
}

function explainConnect(place: string, code: string): RouteStep {
  switch (code) {
    case 'ECONNREFUSED':
      return bad(
        'route',
        place,
        `The machine at ${place} answers, but nothing listens on this port.`,
        'Is the manager running there, and is this its port for agents?',
      );
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return bad(
        'route',
        place,
        `This machine has no route to ${place} (${code}).`,
        'Look at `ip route` and `ip -6 route`: a gateway is missing, or this family of addresses is off.',
      );
    default:
      return bad(
        'route',
        place,
        `${place} cannot be reached (${code}).`,
        'Look at the network between here and there.',
      );
  }
}

function examineAnswer(
  address: string,
  port: number,
  authorities: readonly string[],
  nowMs: () => number,
): Promise<readonly RouteStep[]> {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
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
    const recognised = good('tls', place, 'It is the manager of this VM');
    const timer = setTimeout(() => finish([socket.authorized ? recognised : silentTls(place)]), CONNECT_MS);
    socket.on('error', (error) => finish([foreign(place, codeOf(error))]));
    // Anything will do: every answer of the manager carries its time.
    socket.on('secureConnect', () =>
      socket.write(`GET / HTTP/1.1\r\nHost: ${MANAGER_SERVER_NAME}\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const date = /^date: (.+)$/im.exec(text)?.[1];
      if (date !== undefined) finish([recognised, examineClock(place, nowMs() - Date.parse(date))]);
      else if (text.length > ANSWER_BYTES_MAX) finish([recognised]);
    });
    socket.on('end', () => finish([recognised]));
  });
}

function silentTls(place: string): RouteStep {
  return bad(
    'tls',
    place,
    `${place} takes connections, but does not speak.`,
    'Is this the port for agents? Something else may listen there.',
  );
}

function foreign(place: string, code: string): RouteStep {
  return bad(
    'tls',
    place,
    `Who answers at ${place} is not the manager of this VM (${code}).`,
    'Check the address. A proxy that opens TLS must leave this connection alone.',
  );
}

/** SY-6: whole seconds are all that such an answer tells. */
function examineClock(place: string, differenceMs: number): RouteStep {
  const seconds = Math.round(differenceMs / 1_000);
  if (Math.abs(differenceMs) <= CLOCK_WARNING_MS) return good('clock', place, 'The clock agrees with the manager’s');
  const direction = seconds > 0 ? 'ahead of' : 'behind';
  return bad(
    'clock',
    place,
    `The clock of this VM is ${Math.abs(seconds)} s ${direction} the manager's.`,
    'Set it, best by NTP.',
  );
}

function good(step: RouteStep['step'], place: string, message: string): RouteStep {
  return { step, ok: true, place, message: `${message}.`, whatToDo: null };
}

function bad(step: RouteStep['step'], place: string, message: string, whatToDo: string): RouteStep {
  return { step, ok: false, place, message, whatToDo };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

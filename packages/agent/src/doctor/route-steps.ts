// SPDX-License-Identifier: Apache-2.0
// What is said of each hop on the way to the manager (SY-9): whether it is good, and what to do where it is not. Pure.
import { CLOCK_WARNING_MS } from '@lazaret/contract';

export interface RouteStep {
  readonly step: 'name' | 'route' | 'tls' | 'clock';
  readonly ok: boolean;
  /** `host:port`, or an address of it. */
  readonly place: string;
  readonly message: string;
  readonly whatToDo: string | null;
}

/** So long an address may take to answer. */
export const CONNECT_MS = 5_000;

/** `code`: of the system, as in every step below. */
export function nameLeadsNowhere(place: string, host: string, code: string): RouteStep {
  const message = `The name ${host} leads nowhere (${code}).`;
  return bad('name', place, message, 'Ask for its DNS entry, or add a line for it to /etc/hosts.');
}

export function nameIs(place: string, host: string, addresses: readonly string[]): RouteStep {
  return good('name', place, `${host} is ${addresses.join(', ')}`);
}

export function answers(place: string): RouteStep {
  return good('route', place, `${place} answers`);
}

export function isSilent(place: string): RouteStep {
  return bad(
    'route',
    place,
    `${place} does not answer within ${CONNECT_MS / 1_000} s.`,
    'A firewall on the way drops it, or the machine is off: open the port, or ask who runs the network.',
  );
}

export function cannotConnect(place: string, code: string): RouteStep {
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

export function isManager(place: string): RouteStep {
  return good('tls', place, 'It is the manager of this VM');
}

export function doesNotSpeak(place: string): RouteStep {
  return bad(
    'tls',
    place,
    `${place} takes connections, but does not speak.`,
    'Is this the port for agents? Something else may listen there.',
  );
}

export function isSomebodyElse(place: string, code: string): RouteStep {
  return bad(
    'tls',
    place,
    `Who answers at ${place} is not the manager of this VM (${code}).`,
    'Check the address. A proxy that opens TLS must leave this connection alone.',
  );
}

/** SY-6: whole seconds are all that such an answer tells. `differenceMs`: our clock minus the manager's. */
export function clockDiffers(place: string, differenceMs: number): RouteStep {
  if (Math.abs(differenceMs) <= CLOCK_WARNING_MS) return good('clock', place, 'The clock agrees with the manager’s');
  const seconds = Math.round(Math.abs(differenceMs) / 1_000);
  const direction = differenceMs > 0 ? 'ahead of' : 'behind';
  return bad(
    'clock',
    place,
    `The clock of this VM is ${seconds} s ${direction} the manager's.`,
    'Set it, best by NTP.',
  );
}

/** `host:port`, as a browser writes it. */
export function placeOf(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function good(step: RouteStep['step'], place: string, message: string): RouteStep {
  return { step, ok: true, place, message: `${message}.`, whatToDo: null };
}

function bad(step: RouteStep['step'], place: string, message: string, whatToDo: string): RouteStep {
  return { step, ok: false, place, message, whatToDo };
}

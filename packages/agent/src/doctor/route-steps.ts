// SPDX-License-Identifier: Apache-2.0
// What is reported about each hop on the way to the manager (SY-9): whether it is good, and what to do if it is not. Pure.
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
  const message = `The host name ${host} cannot be resolved (${code}).`;
  return bad('name', place, message, 'Check its DNS entry, or add a line for it to /etc/hosts.');
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
    'A firewall drops the connection, or the machine is off. Open the port, or ask the administrator of the network.',
  );
}

export function cannotConnect(place: string, code: string): RouteStep {
  switch (code) {
    case 'ECONNREFUSED':
      return bad(
        'route',
        place,
        `The machine at ${place} answers, but nothing listens on this port.`,
        'Check that the manager is running there, and that this is its port for agents.',
      );
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return bad(
        'route',
        place,
        `This machine has no route to ${place} (${code}).`,
        'Check `ip route` and `ip -6 route`. A gateway is missing, or this address family (IPv4 or IPv6) is switched off.',
      );
    default:
      return bad(
        'route',
        place,
        `${place} cannot be reached (${code}).`,
        'Check the network between this VM and the manager.',
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
    `${place} accepts connections, but does not answer.`,
    'Check that this is the port for agents. Another program may listen there.',
  );
}

export function isSomebodyElse(place: string, code: string): RouteStep {
  return bad(
    'tls',
    place,
    `The server at ${place} is not the manager of this VM (${code}).`,
    'Check the address. A proxy that inspects TLS must not intercept this connection.',
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
    'Set the clock of this VM, preferably with NTP.',
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

// SPDX-License-Identifier: Apache-2.0
// What Linux offers, room by room. `files` and `sockets` begin with the native parts that only this package knows.
export { placeOf, readMounts } from '@lazaret/safefs';
export * from './files/descriptor-path.ts';
export * from './gate/done-numbers.ts';
export * from './gate/gate-counts.ts';
export * from './gate/gate-link.ts';
export * from './gate/gate-text.ts';
export * from './gate/overlay-view.ts';
export * from './gate/reach-file.ts';
export * from './machine/accounts.ts';
export * from './machine/boot-id.ts';
export * from './machine/machine-facts.ts';
export * from './machine/other-products.ts';
export * from './machine/port-owner.ts';
export * from './machine/size.ts';
export * from './machine/system-facts.ts';
export * from './mounts/mount-aliases.ts';
export * from './mounts/mounts.ts';
export * from './places/canaries.ts';
export * from './places/quick-places.ts';
export * from './processes/cpu-meter.ts';
export * from './processes/opener.ts';
export * from './processes/process-there.ts';
export * from './processes/program-facts.ts';
export * from './processes/vm-facts.ts';
export * from './sockets/door.ts';

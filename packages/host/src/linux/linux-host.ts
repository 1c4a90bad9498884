// SPDX-License-Identifier: Apache-2.0
// Linux behind the ports.
import { connectLink, listenLinks } from '@lazaret/fdlink';
import { isProcessAlive, processIdentity } from '@lazaret/platform';
import { readMounts } from '@lazaret/safefs';
import type { Host } from '../ports/host.ts';
import { linuxFiles } from './files/linux-files.ts';
import { gateCounts } from './gate/gate-counts.ts';
import { gateLink } from './gate/gate-link.ts';
import { overlayViews } from './gate/overlay-view.ts';
import { openClue, reachFile } from './gate/reach-file.ts';
import { readHomes } from './machine/accounts.ts';
import { readBootId } from './machine/boot-id.ts';
import { readClockSynchronised, readDisk, readHolder, readMachine, takeNewInstance } from './machine/machine-facts.ts';
import { readOtherProducts } from './machine/other-products.ts';
import { findPortOwner } from './machine/port-owner.ts';
import { readSizeFacts } from './machine/size.ts';
import { readSystemFacts } from './machine/system-facts.ts';
import { readMountTable } from './mounts/mounts.ts';
import { withCanaries } from './places/canaries.ts';
import { quickPlaces } from './places/quick-places.ts';
import { cpuMeter } from './processes/cpu-meter.ts';
import { systemOpenerFacts } from './processes/opener.ts';
import { isProcessThere } from './processes/process-there.ts';
import { programLookup } from './processes/program-facts.ts';
import { everyoneCanWrite, linkOf, realPath, systemVariables, userId } from './processes/vm-facts.ts';
import { openDoor, welcome } from './sockets/door.ts';

export const LINUX_HOST: Host = {
  files: linuxFiles,
  mounts: { read: () => readMounts(), table: readMountTable },
  processes: {
    get self() {
      return processIdentity();
    },
    isAlive: isProcessAlive,
    isThere: isProcessThere,
    programLookup,
    cpuMeter: (scanner) => cpuMeter(scanner),
    openerFacts: systemOpenerFacts,
  },
  machine: {
    readHolder,
    takeNewInstance,
    readFacts: readMachine,
    readSystem: () => readSystemFacts(),
    readSize: readSizeFacts,
    readDisk,
    readClockSynchronised,
    readBootId,
    readOtherProducts: () => readOtherProducts(),
    findPortOwner,
    userId,
    readHomes,
  },
  sockets: { connect: connectLink, listen: listenLinks, openDoor, welcome },
  // fanotify holds an open until it is answered (native/gate).
  realtime: { canHold: true, link: gateLink, counts: gateCounts, openClue, reachFile, overlayViews },
  paths: { quickPlaces, withCanaries, realPath, linkOf, everyoneCanWrite, systemVariables },
};

// SPDX-License-Identifier: Apache-2.0
// A file of an overlay is met where it truly lies, in a layer. Taken away there, behind the overlay's back, its name stays – and a lower layer is many
// containers'. So an action goes through the overlay, if one shows that very file. Owns nothing; a view is the caller's to close.
import { closeSync, fstatSync, readlinkSync } from 'node:fs';
import { openForScan, readMounts, type Mount } from '@lazaret/safefs';
import { foreignRoots, openDirectoryBelow, parentOf } from './reach-file.ts';
import { LinuxFile } from '../files/linux-file.ts';
import { LinuxFolder } from '../files/linux-folder.ts';
import { closingOnFault } from '../../ports/closing-on-fault.ts';
import type { FileClue, OverlayView, OverlayViews } from '../../ports/realtime-source.ts';

/** An overlay as one process of a mount namespace sees it. `root`: the way to that process's root. */
interface SeenOverlay {
  readonly root: string;
  readonly namespace: string | null;
  readonly mount: Mount;
}

/** All processes are looked at so often at most: the gate does not know a new mount sooner either. */
const LOOK_AGAIN_MS = 1_000;

export function overlayViews(monotonicMs: () => number): OverlayViews {
  let seen: readonly SeenOverlay[] = [];
  let lookedAtMs = -Infinity;
  const overlays = (): readonly SeenOverlay[] => {
    if (monotonicMs() - lookedAtMs >= LOOK_AGAIN_MS) {
      seen = findOverlays();
      lookedAtMs = monotonicMs();
    }
    return seen;
  };
  return {
    open: async (file, path, { opener }) => {
      for (const { root, mount } of inOrder(overlays(), opener))
        for (const name of namesBelow(mount, path)) {
          const view = await openView(root, Buffer.concat([withoutLastSlash(mount.mountPoint), name]));
          if (view === null) continue;
          if (closingOnFault(view, () => isSameFile(file.descriptor, view.opened.descriptor))) return view;
          view.close();
        }
      return null;
    },
  };
}

function findOverlays(): readonly SeenOverlay[] {
  return ['/proc/self/root', ...foreignRoots(null, isOverlay)].flatMap((root) =>
    overlaysBelow(root).map((mount) => ({ root, namespace: namespaceOf(root.replace(/root$/, 'ns/mnt')), mount })),
  );
}

function isOverlay({ fileSystemType }: Mount): boolean {
  return fileSystemType === 'overlay';
}

function overlaysBelow(root: string): readonly Mount[] {
  try {
    return readMounts(root.replace(/root$/, 'mountinfo')).filter(isOverlay);
  } catch {
    return []; // it has ended
  }
}

function namespaceOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null; // it has ended
  }
}

/** Many overlays show the same lower layer: first the one that the opener saw, by whichever mount. */
function inOrder(overlays: readonly SeenOverlay[], opener: FileClue['opener']): readonly SeenOverlay[] {
  const namespace = opener === null ? null : (namespaceOf(`/proc/${opener.pid}/ns/mnt`) ?? opener.container ?? null);
  const openers = new Set(overlays.filter((one) => one.namespace === namespace).map(({ mount }) => mount.device));
  const isOpeners = ({ mount }: SeenOverlay): boolean => openers.has(mount.device);
  return [...overlays.filter(isOpeners), ...overlays.filter((one) => !isOpeners(one))];
}

/** What an overlay may call a file of that path, from its mount point on. */
function namesBelow({ layers }: Mount, path: Buffer): readonly Buffer[] {
  const inLayers = layers
    .map(withoutLastSlash)
    .filter((layer) => path.subarray(0, layer.length + 1).equals(Buffer.concat([layer, SLASH])));
  return [...inLayers.map((layer) => path.subarray(layer.length)), path];
}

const SLASH = Buffer.from('/');

function withoutLastSlash(path: Buffer): Buffer {
  return path.at(-1) === SLASH[0] ? path.subarray(0, -1) : path;
}

/** The folder stays open as long as the view: the way to it goes with the process that it leads through. */
async function openView(root: string, path: Buffer): Promise<OverlayView | null> {
  let directoryFd: number | null = null;
  try {
    directoryFd = openDirectoryBelow(root, parentOf(path));
    const [result] = await openForScan([{ directoryFd, path: nameOf(path) }], { noSymlinks: true });
    if (!result?.opened) return null;
    const folder = new LinuxFolder(directoryFd);
    directoryFd = null;
    const opened = new LinuxFile(result.fd);
    const close = (): void => [folder, opened].forEach((each) => each.close());
    return { opened, path, openParent: () => folder.reopen(), close };
  } catch {
    return null; // the process has ended
  } finally {
    if (directoryFd !== null) closeSync(directoryFd);
  }
}

function nameOf(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf('/') + 1);
}

/** An overlay hands on what its layer's file says of itself. Nobody can choose the time of a change of an inode. */
function isSameFile(layer: number, shown: number): boolean {
  const [there, here] = [layer, shown].map((descriptor) => fstatSync(descriptor, { bigint: true }));
  return there?.ctimeNs === here?.ctimeNs && there?.mtimeNs === here?.mtimeNs && there?.size === here?.size;
}

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the disk of the lab's VMs, with the kernel beside it: build-image.sh DIRECTORY. Packages come from where this machine's own Debian packages come from.
# The directory appears when it is whole; what an end in between leaves lies in DIRECTORY.making, and is removed by the next call.
set -euo pipefail
image=$1 making=$1.making here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rm -rf "$making"
mkdir -p "$making/temporary"
# Its downloads are made by another user, who must reach the place.
chmod 755 "$making" && chmod 1777 "$making/temporary"
export TMPDIR=$making/temporary
root=$making/root

# Only what boots the disk, and quick to unpack: every second counts four times in an emulated processor.
initramfs='mkdir -p "$1/etc/initramfs-tools/conf.d"
  printf "MODULES=list\nCOMPRESS=lz4\n" >"$1/etc/initramfs-tools/conf.d/lab"
  printf "virtio_pci\nvirtio_blk\next4\n" >"$1/etc/initramfs-tools/modules"'

sources() { apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u; }

sources >"$making/sources"
[ -s "$making/sources" ] || { echo "this machine's apt knows no packages of Debian yet: apt-get update" >&2; exit 2; }
nice -n 10 mmdebstrap --quiet --mode=root --variant=minbase --include="$(grep -v '^#' "$here/packages" | xargs | tr ' ' ',')" \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --essential-hook="$initramfs" bookworm "$root" "$making/sources"

printf '/dev/vda / ext4 noatime 0 1\n' >"$root/etc/fstab"
echo lab >"$root/etc/hostname"
printf '127.0.0.1 localhost lab\n' >"$root/etc/hosts"
# Nothing runs that no test asked for. What a test needs it starts.
systemctl --quiet --root="$root" mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer 2>/dev/null
systemctl --quiet --root="$root" disable nmbd.service smbd.service samba-ad-dc.service nfs-server.service nfs-blkmap.service rpcbind.service rpcbind.socket 2>/dev/null
cp "$root"/boot/vmlinuz-* "$making/kernel"
cp "$root"/boot/initrd.img-* "$making/initrd"
mke2fs -q -t ext4 -L lab-root -E lazy_itable_init=1 -d "$root" "$making/disk.raw" 3G >/dev/null
qemu-img convert -O qcow2 "$making/disk.raw" "$making/disk.qcow2"
rm -rf "$root" "$making/disk.raw" "$making/temporary"
mv "$making" "$image"

// SPDX-License-Identifier: Apache-2.0
// What is known of the machine, its disk, clock, ports and certificate.
import type { VmDetail } from '@lazaret/contract';
import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatDuration } from '../../i18n/format.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { ErrorCell } from '../../parts/text/error-cell.tsx';
import { FactList } from '../../parts/text/fact-list.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Name } from '../../parts/text/name.tsx';

export function VmSystem({ vm }: { readonly vm: VmDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const bytes = (value: number): string => formatBytes(value, language);
  return (
    <Stack gap="lg" w="100%">
      {vm.alarms.length > 0 && (
        <div className="counts" role="group" aria-label={t('nav.alarms')}>
          {vm.alarms.map((kind) => (
            <StateMark key={kind} subject="alarm" state={kind} />
          ))}
        </div>
      )}
      <FactList
        facts={[
          [t('vms.os'), vm.system.os],
          [t('vm.kernel'), vm.system.kernel],
          [t('vm.agentVersion'), vm.system.agentVersion],
          [t('vms.addresses'), vm.system.addresses.length === 0 ? null : vm.system.addresses.join(', ')],
          [t('vm.zone'), vm.system.zone],
          [t('vm.clock'), vm.clockOffsetMs === null ? null : formatDuration(Math.abs(vm.clockOffsetMs), language)],
          [t('vm.memory'), vm.memoryBytes === null ? null : bytes(vm.memoryBytes)],
          [
            t('vm.disk'),
            vm.disk === null
              ? null
              : t('vm.free', { free: bytes(vm.disk.freeBytes), total: bytes(vm.disk.totalBytes) }),
          ],
          [t('vms.release'), vm.patterns.release === null ? null : <span className="mono">{vm.patterns.release}</span>],
          [t('vm.releaseSince'), <Moment key="since" at={vm.patterns.since} vmZone={vm.system.zone} />],
          [
            t('vm.vault'),
            vm.vault === null
              ? null
              : t('vm.vaultUse', {
                  count: vm.vault.entries,
                  used: bytes(vm.vault.bytes),
                  max: bytes(vm.vault.bytesMax),
                }),
          ],
          [t('vm.knock'), vm.knock === null ? null : <StandBy key="knock" knock={vm.knock} />],
          [t('vm.otherAntiVirus'), vm.otherAntiVirus.length === 0 ? t('common.none') : vm.otherAntiVirus.join(', ')],
          [
            t('vm.certificate'),
            vm.certificate === null ? null : <Moment key="certificate" at={vm.certificate.notAfter} />,
          ],
          [t('vm.group'), vm.group === null ? null : <Name key="group" text={vm.group.name} />],
          [t('vm.created'), <Moment key="created" at={vm.createdAt} />],
        ]}
      />
    </Stack>
  );
}

/** SY-7b: who has the port, where it is not ours. */
export function StandBy({ knock }: { readonly knock: NonNullable<VmDetail['knock']> }) {
  const { t } = useTranslation();
  if (knock.fault !== null) return <ErrorCell failure={knock.fault} />;
  if (knock.port === null) return <span>{t('vm.knockStates.off')}</span>;
  return (
    <span>
      {knock.port}/tcp – {t('vm.knockStates.listening')}
    </span>
  );
}

// SPDX-License-Identifier: Apache-2.0
// The agent's own events: each in a sentence, and all of it on demand.
import type { VmEvent } from '@lazaret/contract';
import { Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/list.ts';
import { useTenantPath } from '../../api/session.ts';
import { type Column, DataTable } from '../../parts/lists/data-table.tsx';
import { Dialog } from '../../parts/dialogs/dialog.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { ListBody } from '../../parts/lists/list-page.tsx';
import { Moment } from '../../parts/text/moment.tsx';
import { Empty } from '../../parts/notes.tsx';
import { useEventText, type EventText } from './vm-event-text.ts';

export function VmEvents({ vmId }: { readonly vmId: string }) {
  const { t, i18n } = useTranslation();
  const path = useTenantPath();
  const text = useEventText();
  const [shown, setShown] = useState<VmEvent | null>(null);
  const list = useList<VmEvent>('events', path(`/vms/${vmId}/events`), {});
  // oxlint-disable-next-line react/exhaustive-deps -- the texts change with the language alone
  const columns = useMemo(
    () => columnsOf(t('events.time'), t('events.type'), t('events.body'), text, setShown),
    [i18n.language],
  );
  return (
    <ListBody list={list} empty={<Empty title={t('events.none')} />}>
      <DataTable
        label={t('vm.tabs.events')}
        columns={columns}
        rows={list.rows}
        total={list.total}
        rowId={(row) => row.id}
        onOpen={setShown}
        onMore={list.more}
      />
      {shown !== null && <EventDialog event={shown} text={text} onClose={() => setShown(null)} />}
    </ListBody>
  );
}

function columnsOf(
  time: string,
  type: string,
  body: string,
  text: EventText,
  show: (event: VmEvent) => void,
): readonly Column<VmEvent>[] {
  return [
    { id: 'time', header: time, cell: (row) => <Moment at={row.time} seconds /> },
    {
      id: 'type',
      header: type,
      cell: (row) => (
        <button type="button" className="link-button" onClick={() => show(row)}>
          {text.type(row)}
        </button>
      ),
    },
    {
      id: 'body',
      header: body,
      cell: (row) => (
        <bdi className="event-text" title={text.body(row)}>
          {text.body(row)}
        </bdi>
      ),
    },
  ];
}

function EventDialog({
  event,
  text,
  onClose,
}: {
  readonly event: VmEvent;
  readonly text: EventText;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={text.type(event)} opened onClose={onClose} size="lg">
      <Stack gap="sm">
        <Moment at={event.time} seconds />
        <Text size="sm">{text.body(event)}</Text>
        <pre className="command-text">{allOf(event)}</pre>
      </Stack>
    </Dialog>
  );
}

function allOf({ body }: VmEvent): string {
  return JSON.stringify(body, null, 2).split('\n').map(hostileToText).join('\n');
}

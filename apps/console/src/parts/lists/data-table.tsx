// SPDX-License-Identifier: Apache-2.0
// One table for all lists: real table markup, virtual rows with their true numbers, selection, keys j k x Enter.
import { Checkbox } from '@mantine/core';
import { columnVisibilityFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { hostileToText } from '../text/hostile.ts';
import { lettersAreOn } from '../../app/shortcuts.ts';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** The name by which the API sorts; absent = it cannot. */
  readonly sort?: string;
}

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

export interface DataTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly total: number;
  readonly rowId: (row: T) => string;
  /** A name of the row for its checkbox. */
  readonly rowName?: (row: T) => string;
  readonly onOpen?: (row: T) => void;
  readonly onMore?: () => void;
  readonly selection?: Selection;
  readonly sort?: { readonly by: string; readonly onChange: (by: string) => void };
  readonly hidden?: readonly string[];
}

const ROW_PX = 37;
const features = tableFeatures({ columnVisibilityFeature });
type Features = typeof features;

function definitionOf<T extends object>({ id, header, cell }: Column<T>): ColumnDef<Features, T> {
  return { id, header, cell: ({ row }) => cell(row.original) };
}

const NONE_HIDDEN: readonly string[] = [];

function useRows<T extends object>({ columns, rows, rowId, hidden = NONE_HIDDEN }: DataTableProps<T>) {
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const columnVisibility = useMemo(() => Object.fromEntries(hidden.map((id) => [id, false])), [hidden]);
  return useTable<Features, T>({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowId,
    state: { columnVisibility },
  });
}

export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { label, columns, rows, total, onMore, selection } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const table = useRows(props);
  const model = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialRect: { width: 1000, height: 720 },
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length < total && lastShown >= rows.length - 20) onMore?.();
  }, [lastShown, rows.length, total, onMore]);
  const onKeyDown = useRowKeys(props, scroll);
  const before = items.at(0)?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = columns.length + (selection === undefined ? 0 : 1);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keys
    <div className="table-scroll" ref={scroll} role="region" aria-label={label} tabIndex={0} onKeyDown={onKeyDown}>
      <table className="data-table" aria-label={label} aria-rowcount={total + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {selection !== undefined && <th>{<SelectAll {...props} selection={selection} />}</th>}
            {table
              .getHeaderGroups()
              .flatMap((group) =>
                group.headers.map((header) => (
                  <HeaderCell key={header.id} column={columns.find(({ id }) => id === header.id)} sort={props.sort} />
                )),
              )}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} width={width} />}
          {items.map(({ index }) => {
            const row = model[index];
            if (row === undefined) return null;
            return (
              <tr
                key={row.id}
                aria-rowindex={index + 2}
                data-row={index}
                tabIndex={-1}
                aria-selected={selection?.ids.has(row.id)}
              >
                <SelectCell row={row} table={props} />
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className="clip">
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <Spacer height={after} width={width} />}
        </tbody>
      </table>
    </div>
  );
}

interface SelectCellProps<T> {
  readonly row: { readonly id: string; readonly original: T };
  readonly table: DataTableProps<T>;
}

function SelectCell<T>({ row: { id, original }, table: { selection, rowName } }: SelectCellProps<T>) {
  if (selection === undefined) return null;
  return (
    <td>
      <SelectRow id={id} name={rowName?.(original) ?? id} selection={selection} />
    </td>
  );
}

function Spacer({ height, width }: { readonly height: number; readonly width: number }) {
  return (
    <tr className="spacer" aria-hidden="true">
      <td colSpan={width} style={{ height }} />
    </tr>
  );
}

function HeaderCell<T>({
  column,
  sort,
}: {
  readonly column: Column<T> | undefined;
  readonly sort: DataTableProps<T>['sort'];
}) {
  if (column === undefined) return null;
  if (column.sort === undefined || sort === undefined) return <th scope="col">{column.header}</th>;
  const direction = sort.by === column.sort ? 'ascending' : sort.by === `-${column.sort}` ? 'descending' : 'none';
  const next = direction === 'ascending' ? `-${column.sort}` : column.sort;
  return (
    <th scope="col" aria-sort={direction}>
      <button type="button" className="sort-button" onClick={() => sort.onChange(next)}>
        {column.header} {direction === 'ascending' ? '▲' : direction === 'descending' ? '▼' : ''}
      </button>
    </th>
  );
}

function SelectAll<T>({ rows, rowId, selection }: DataTableProps<T> & { readonly selection: Selection }) {
  const { t } = useTranslation();
  const all = rows.length > 0 && rows.every((row) => selection.ids.has(rowId(row)));
  return (
    <Checkbox
      size="xs"
      aria-label={t('table.selectShown')}
      checked={all}
      indeterminate={!all && selection.ids.size > 0}
      onChange={() => selection.onChange(all ? new Set() : new Set(rows.map(rowId)))}
    />
  );
}

interface SelectRowProps {
  readonly id: string;
  readonly name: string;
  readonly selection: Selection;
}

function SelectRow({ id, name, selection }: SelectRowProps) {
  const { t } = useTranslation();
  return (
    <Checkbox
      size="xs"
      aria-label={t('table.select', { name: hostileToText(name) })}
      checked={selection.ids.has(id)}
      onChange={() => selection.onChange(toggled(selection.ids, id))}
    />
  );
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** j k: the row below and above, x: select, Enter: open. The row has the focus, so a screen reader says it. */
function useRowKeys<T>(
  { rows, rowId, onOpen, selection }: DataTableProps<T>,
  scroll: { readonly current: HTMLDivElement | null },
) {
  return useCallback(
    (event: KeyboardEvent) => {
      if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement && event.target.type !== 'checkbox') return;
      const at = Number(document.activeElement?.closest('tr')?.dataset['row'] ?? -1);
      const row = rows[at];
      if (event.key === 'Enter' && row !== undefined && event.target instanceof HTMLTableRowElement) onOpen?.(row);
      else if (!lettersAreOn()) return;
      else if (event.key === 'j') focusRow(scroll.current, at + 1);
      else if (event.key === 'k') focusRow(scroll.current, at - 1);
      else if (event.key === 'x' && row !== undefined && selection !== undefined)
        selection.onChange(toggled(selection.ids, rowId(row)));
      else return;
      event.preventDefault();
    },
    [rows, rowId, onOpen, selection, scroll],
  );
}

function focusRow(scroll: HTMLElement | null, index: number): void {
  scroll?.querySelector<HTMLElement>(`tr[data-row="${Math.max(0, index)}"]`)?.focus();
}

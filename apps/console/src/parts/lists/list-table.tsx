// SPDX-License-Identifier: Apache-2.0
// Tables with what is said when they have no rows: one that fetches its rows page by page, one whose rows are there already.
import type { ReactNode } from 'react';
import { useList } from '../../api/list.ts';
import { DataTable, type DataTableProps } from './data-table.tsx';
import { ListBody } from './list-page.tsx';

interface TableProps<T> extends Pick<DataTableProps<T>, 'label' | 'columns' | 'onOpen'> {
  readonly empty: ReactNode;
}

interface ListTableProps<T> extends TableProps<T> {
  /** The name by which its rows are forgotten and fetched again. */
  readonly resource: string;
  readonly path: string;
}

export function ListTable<T extends { readonly id: string }>({ resource, path, empty, ...table }: ListTableProps<T>) {
  const list = useList<T>(resource, path, {});
  return (
    <ListBody list={list} empty={empty}>
      <DataTable {...table} rows={list.rows} total={list.total} rowId={(row) => row.id} onMore={list.more} />
    </ListBody>
  );
}

interface WholeTableProps<T> extends TableProps<T>, Pick<DataTableProps<T>, 'rows' | 'rowId'> {}

export function WholeTable<T extends object>({ empty, rows, ...table }: WholeTableProps<T>) {
  return rows.length === 0 ? <>{empty}</> : <DataTable {...table} rows={rows} total={rows.length} />;
}

import type { EventLog } from '../../twins/ports.ts';
import type { TwinEvent } from '../../twins/twin-event.ts';
import { WAKE_UP_CHANNEL } from '../wake-ups.ts';
import { isRecordId } from './record-ids.ts';
import type { StoreContext } from './store-context.ts';
import { rowLimit } from './keyset-page.ts';

/** What the column can hold. */
const LARGEST_SEQ = 2 ** 31 - 1;

const COLUMNS = `twin_id as "twinId", seq, type, message, forecast_id as "forecastId", entry_id as "entryId",
  created_at as "createdAt"`;

export function createEventLog({ sql, actor, clock, lockOrder }: StoreContext): EventLog {
  return {
    async append(events) {
      if (events.length === 0) {
        return [];
      }
      lockOrder.reachEvents();
      // The row of `twin_event_head` is locked until the commit: whoever comes next gets the next numbers and commits
      // later. Twins are locked in the order of their ids, so that two transactions cannot wait for each other.
      const { rows } = await sql.query(
        `with draft as (
           select draft.*, row_number() over (partition by "twinId" order by place) as number,
             count(*) over (partition by "twinId") as total
           from jsonb_to_recordset($1::jsonb) as draft
             (place integer, "twinId" uuid, type text, message text, "forecastId" uuid, "entryId" uuid)
         ), head as (
           insert into twin_event_head (tenant_id, twin_id, seq)
           select $2, "twinId", total from draft where number = 1 order by "twinId"
           on conflict (tenant_id, twin_id) do update set seq = twin_event_head.seq + excluded.seq
           returning twin_id, seq
         ), woken as (
           select pg_notify($4, json_build_object('tenantId', $2::text, 'kind', 'twin', 'id', twin_id)::text) from head
         ), event as (
           insert into twin_event (tenant_id, twin_id, seq, type, message, forecast_id, entry_id, created_at)
           select $2, "twinId", head.seq - total + number, type, message, "forecastId", "entryId", $3::timestamptz
           from draft join head on head.twin_id = draft."twinId"
           returning *
         )
         select ${COLUMNS}, (select count(*) from woken) from event order by twin_id, seq`,
        [
          JSON.stringify(events.map((event, place) => ({ ...event, place }))),
          actor.tenantId,
          clock.now(),
          WAKE_UP_CHANNEL,
        ],
      );
      return rows.map(toEvent);
    },
    async after(twinId, seq, first) {
      if (!isRecordId(twinId)) {
        return [];
      }
      const { rows } = await sql.query(
        `select ${COLUMNS} from twin_event where twin_id = $1 and seq > $2 order by seq limit $3`,
        [twinId, Math.min(Math.max(Math.trunc(seq), 0), LARGEST_SEQ), rowLimit(first) - 1],
      );
      return rows.map(toEvent);
    },
  };
}

function toEvent(row: Record<string, unknown>): TwinEvent {
  const { twinId, seq, type, message, forecastId, entryId, createdAt } = row as unknown as TwinEvent;
  return { twinId, seq, type, message, forecastId, entryId, createdAt };
}

import { Injectable } from '@nestjs/common';
import { prepared, type Tx } from '@parley/persistence';

/** Those of $1, each found by the index: a join with them would read a table of some ten thousand rows as a whole. */
const changed = 'entry_id = any(array(select value::uuid from json_array_elements_text($1::json)))';

/**
 * What each participation comes to, a row per UTC day, less what is booked of it: nothing if all is booked. Times are cut to whole
 * seconds before they are split, so that the parts sum up to the whole.
 */
const bookSql = prepared(
  'book usage',
  `
with over as (
  select entry_id, org_id, subscription_id, floor(extract(epoch from joined))::bigint as joined, floor(extract(epoch from left_at))::bigint as left_at
  from participation where ${changed} and joined is not null and left_at is not null
), booked as (
  select entry_id, org_id, subscription_id, day, seconds from usage_entry where ${changed}
), due as (
  select entry_id, org_id, subscription_id, date '1970-01-01' + n::int as day, least(left_at, (n + 1) * 86400) - greatest(joined, n * 86400) as seconds
  from over cross join generate_series(joined / 86400, (left_at - 1) / 86400) as n where left_at > joined
)
insert into usage_entry (org_id, entry_id, subscription_id, day, seconds, correction)
select org_id, entry_id, subscription_id, day, sum(seconds), exists (select from booked b where b.entry_id = open.entry_id)
from (select * from due union all select entry_id, org_id, subscription_id, day, -seconds from booked) open
group by entry_id, org_id, subscription_id, day having sum(seconds) <> 0
order by entry_id, day`,
);

/** Participant-seconds that an org has used, as entries and corrections. */
@Injectable()
export class UsageLedger {
  /**
   * Makes the ledger agree with a participation that was just changed in this transaction: that row is locked, so what is booked of
   * it cannot change meanwhile. Again without a change, it books nothing.
   */
  book(tx: Tx, entryId: string): void {
    tx.gather(bookSql, entryId);
  }
}

import { prepared } from '@parley/persistence';
import { standingColumns } from '../schedule/standing.sql.js';

/** Of `lease l`: its session is over by now, although nobody has ended it. */
const inDue = 'exists (select from session due where due.id = l.session_id and due.due_at <= clock.now)';

/** Those who ask, as JSON: who and what each of them is. `n` is the place in the line. */
const asking = `json_to_recordset($3::json) as a(n int, ref text, client text, person text, hash text, people text[], participant uuid, watching boolean, subscription uuid)`;

/**
 * Everything that the rules judge, in one statement: a row for each who asks to enter the session $2 of the org $1.
 * `leases`: which of the rows of `lease l` count, as SQL over `clock.now`; `door`: where the subscription is known from.
 */
const factsOf = (leases: string, door: string): string => `
with clock as materialized (select parley_now() as now),
occurrence as materialized (select * from session where org_id = $1 and sid = $2 and ended is null)
select a.n, clock.now, o.id as "sessionId", o.started, o.empty_since as "emptySince", o.last_left as "lastLeft",
  o.owner_gone_since as "ownerGoneSince", o.terms, o.sequence, here.*, away.*, bans.*,${standingColumns('a.participant')},
  door.id as "subscriptionId",
  (select extract(epoch from max(case of.kind when 'link' then 'infinity' else v.at end))::float8
    from (values ('org', $1), ('client', a.client), ('session', $2), ('link', a.hash), ('subscription', door.id::text)
      union all select 'person', unnest(a.people)) as of(kind, key),
    lateral (select at from valid_from v where v.org_id = $1 and v.kind = of.kind and v.key = of.key limit 1) v) as "validFrom",
  (select at from link_first_use where hash = a.hash) as "firstUse"
from clock left join occurrence o on true cross join ${asking}
left join lateral (${door}) door on true
cross join lateral (
  select count(distinct l.seat) filter (where like_it) as seats, count(*) filter (where like_it and l.seat = a.person) > 0 as "hasSeat",
    min(l.lease_until) filter (where like_it) as "seatFreeAt", count(*) filter (where like_it and l.person = a.person) as "entriesOfPerson",
    count(*) filter (where l.lease_until <= clock.now) as lapsed
  from lease l, lateral (select l.watching = a.watching as like_it) seat where l.session_id = o.id and ${leases}
) here
cross join lateral (
  select count(*) as elsewhere, max(l.lease_until) as "elsewhereUntil", array_agg(distinct l.session_id) filter (where l.lease_until <= clock.now or ${inDue}) as "lapsedElsewhere"
  from lease l where l.subscription_id = door.id and l.session_id is distinct from o.id and ${leases}
) away
cross join lateral (
  select count(*) > 0 as banned, case when bool_and(b.until is not null) then max(b.until) end as "bannedUntil"
  from ban b where b.org_id = $1 and b.people && a.people and (b.sid is null or b.sid = $2) and b.lifted is null and (b.until is null or b.until > clock.now)
) bans
order by a.n`;

const openDoor = 'select d.id from subscription_door d where d.org_id = $1 and d.ref = a.ref and d.open order by d.id desc limit 1';

/** Under the locks: leases count until they are ended, even if they have run out, since a heartbeat under way might still find them. */
export const factsSql = prepared('admission-facts', factsOf('true', openDoor));

/** Without locks: what an admission would find now, after it has ended what has run out. `subscription`: if it is only known elsewhere. */
export const previewFactsSql = prepared('admission-preview', factsOf(`l.lease_until > clock.now and not ${inDue}`, `select coalesce((${openDoor}), a.subscription) as id`));

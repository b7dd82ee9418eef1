/** The clock of every rule. Tests of one schema move it by a row in clock_offset; in production that table is empty. */
export const clockSql = `
create table clock_offset (
  one boolean primary key default true check (one),
  ahead interval not null
);

create function parley_now() returns timestamptz language sql stable as $$
  select statement_timestamp() + coalesce((select ahead from clock_offset), interval '0')
$$;
`;

/**
 * Outbox and inbox are partitioned by the day in the event's own id (UUIDv7), not by the time of the insert: so the id alone
 * finds the partition, stays unique over all of them, and a consumer's inbox ages with the ledger it was filled from.
 */
export const partitionSql = `
create function uuid_floor(at timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

create function uuid_day(id uuid) returns date language sql immutable as $$
  select (to_timestamp(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000) at time zone 'UTC')::date
$$;

create function event_partition_start(day date) returns uuid language sql immutable as $$
  select uuid_floor(day::timestamp at time zone 'UTC')
$$;

-- Days that have or need a partition: yesterday (clocks differ) to days_ahead, and what lies in the safety net.
create function event_partition_days(parent text, days_ahead int) returns setof date language plpgsql as $$
declare today date := (now() at time zone 'UTC')::date;
begin
  return query execute format(
    'select ($1 - 1) + n from generate_series(0, $2 + 1) n
     union select distinct uuid_day(event_id) from %I where uuid_day(event_id) between $1 - 400 and $1 + 400', parent || '_default')
    using today, days_ahead;
end $$;

-- With rows for that day in the safety net the whole table is locked for as long as it takes to move them; normally there are
-- none, and attaching an empty table stops nobody. lock_timeout: a queue of writers behind us is worse than trying again later.
create function ensure_event_partition(parent text, day date) returns void language plpgsql set lock_timeout = '2s' as $$
declare
  part text := parent || '_' || to_char(day, 'YYYYMMDD');
  net text := parent || '_default';
  low uuid := event_partition_start(day);
  high uuid := event_partition_start(day + 1);
  stray boolean;
begin
  if to_regclass(part) is not null then return; end if;
  execute format('select exists (select from %I where event_id >= $1 and event_id < $2)', net) into stray using low, high;
  if stray then execute format('lock table %I in access exclusive mode', parent); end if;
  execute format('create table %I (like %I including defaults including constraints)', part, parent);
  if stray then
    execute format('with moved as (delete from %I where event_id >= $1 and event_id < $2 returning *) insert into %I select * from moved', net, part)
      using low, high;
  end if;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, low, high);
  -- Unique over a day, which is as far as partitioning permits; the aggregate's lock does the rest.
  if parent = 'outbox' then execute format('create unique index on %I (aggregate, sequence)', part); end if;
end $$;

create function ensure_event_partitions(days_ahead int) returns void language plpgsql as $$
declare parent text; day date;
begin
  foreach parent in array array['outbox', 'inbox'] loop
    for day in select d from event_partition_days(parent, days_ahead) d order by d loop
      perform ensure_event_partition(parent, day);
    end loop;
  end loop;
end $$;

${dropPartitionsSql(2)}
`;

/**
 * Never what the relay has not sent yet, nor what waits to be tried or replayed. An inbox keeps some days more than the ledger: a repeat
 * that comes after its inbox row is gone would take effect again.
 */
function dropPartitionsSql(moreDays: number): string {
  return `
create or replace function drop_event_partitions(keep_days int) returns int language plpgsql set lock_timeout = '2s' as $$
declare
  today date := (now() at time zone 'UTC')::date;
  part record; needed boolean; dropped int := 0;
begin
  for part in
    select c.relname as name, p.relname as parent, to_date(right(c.relname, 8), 'YYYYMMDD') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.oid in ('outbox'::regclass, 'inbox'::regclass) and c.relname ~ '_[0-9]{8}$'
    order by day
  loop
    continue when part.day >= today - keep_days - (case part.parent when 'inbox' then ${moreDays} else 0 end);
    if part.parent = 'outbox' then
      execute format('select exists (select from %I where id > coalesce((select high from relay), 0))', part.name) into needed;
    else
      execute format('select exists (select from %I where status <> ''done'')', part.name) into needed;
    end if;
    continue when needed;
    execute format('drop table %I', part.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;`;
}

/**
 * outbox: the ledger of what happened here. inbox: what of others' events took effect here ('done') and what did not yet
 * ('parked': tried again; 'dead': waits for a command). The safety nets keep a write working when nobody made partitions.
 */
export const ledgerSql = `
create table outbox (
  id bigserial not null,
  xact xid8 not null default pg_current_xact_id(),
  event_id uuid not null,
  aggregate text not null,
  sequence bigint not null check (sequence > 0),
  subject text not null,
  org_id text not null,
  envelope text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (event_id)
) partition by range (event_id);
create index outbox_by_id on outbox (id);
create table outbox_default partition of outbox default;
create unique index on outbox_default (aggregate, sequence);

create table inbox (
  consumer text not null,
  event_id uuid not null,
  aggregate text not null,
  sequence bigint not null,
  subject text not null,
  status text not null check (status in ('done', 'parked', 'dead')),
  payload text,
  attempts int not null default 0,
  next_try timestamptz,
  reason text,
  at timestamptz not null default clock_timestamp(),
  primary key (consumer, event_id),
  check (status = 'done' or payload is not null)
) partition by range (event_id);
create index inbox_waiting on inbox (consumer, aggregate, sequence) where status <> 'done';
create table inbox_default partition of inbox default;
`;

/**
 * leader: who does a job of which there must be one at a time. relay: how far the ledger has been sent: everything up to high
 * but the holes, ranges [low, high, xid] of ids not seen yet, to be dropped once no transaction up to that xid is running.
 */
export const workSql = `
create table leader (
  name text primary key,
  holder text not null,
  epoch bigint not null,
  until timestamptz not null
);

create table relay (
  one boolean primary key default true check (one),
  epoch bigint not null default 0,
  high bigint not null default 0,
  holes json not null default '[]',
  stream_created text,
  stream_last_seq bigint not null default 0
);
insert into relay default values;

create table idempotency (
  org_id text not null,
  client_id text not null,
  key text not null,
  fingerprint text not null,
  reply text not null,
  expires_at timestamptz not null,
  primary key (org_id, client_id, key)
);
create index idempotency_expiry on idempotency (expires_at);
`;

/**
 * consumer_place: how far in which stream everything took effect here, and which id of the ledger that stream begins behind. It is kept
 * with the effects, so it is the truth, and the broker's durable follows it. relay.floor: up to this id every durable has acknowledged
 * everything, which was at floor_seq of the stream that was created then; durables: those that are known of. An inbox keeps its days for
 * longer than a stream that was filled with the whole ledger keeps messages.
 */
export const placeSql = `
create table consumer_place (
  consumer text primary key,
  stream_created text not null,
  stream_seq bigint not null,
  stream_behind bigint not null
);

alter table relay add floor bigint not null default 0, add floor_created text, add floor_seq bigint not null default 0, add durables text[] not null default '{}';
${dropPartitionsSql(5)}
`;

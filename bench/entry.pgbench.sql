-- The SQL of one entry as session-service sends it: begin with locks, facts, write, commit. Five people a session.
-- The service sends the first two in one message; prepared statements in pgbench can't, so it has five round trips where we have four.
\set n :n + 1
\set room :n / 5
\set seat :n % 5
begin isolation level read committed;
select pg_current_xact_id(), set_config('statement_timeout', '2000', true), (select count(pg_advisory_xact_lock(hashtextextended(key, 0))) from unnest(array['1 subscription bench ' || :client_id || '-' || :room, '2 session bench ' || :client_id || '-' || :room]) as key), pg_advisory_xact_lock_shared(hashtextextended('0 org bench', 0));
{facts};
{grant};
commit;

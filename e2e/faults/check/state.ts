/** Each statement finds what must not be: one row a fault, with `thing` to show. `$1` is the org of the run. All are one snapshot. */
export interface StateRule {
  rule: string;
  sql: string;
}

const events = (schema: string, noun: string, alias: string): string =>
  `select ${alias}.event_id, ${alias}.aggregate, ${alias}.sequence, ${alias}.envelope::json -> 'data' as data from ${schema}.outbox ${alias}
   where ${alias}.org_id = $1 and ${alias}.subject = 'evt.${schema}.${noun}.v1'`;

/** Things of one table that have no event, and events that have no such thing. */
const disagree = (things: string, told: string): string =>
  `select 'untold ' || id as thing from (${things}) things where not exists (select from (${told}) told where told.id = things.id::text)
   union all
   select 'told only ' || id from (${told}) told where not exists (select from (${things}) things where things.id::text = told.id)`;

const idIn = (schema: string, noun: string, field: string): string => `select data ->> '${field}' as id from (${events(schema, noun, 'o')}) e`;

interface Told {
  owner: string;
  noun: string;
  field: string;
  /** Where it took effect. */
  listener: string;
}

/** What took effect in a service according to its inbox, and shows nowhere. */
const withoutEffect = ({ owner, noun, field, listener }: Told, effect: string): string =>
  `select e.data ->> '${field}' as thing from (${events(owner, noun, 'o')}) e join ${listener}.inbox i on i.event_id = e.event_id and i.status = 'done'
   where not exists (${effect.replace('$id', `(e.data ->> '${field}')::uuid`)})`;
const inCalls = (noun: string, field: string): Told => ({ owner: 'session', noun, field, listener: 'call' });
const inSessions = (noun: string): Told => ({ owner: 'call', noun, field: 'callId', listener: 'session' });

const actsOf = (schema: string): string => `select aggregate as id, data from (${events(schema, 'act-recorded', 'o')}) e`;
const acts = ['auth', 'session', 'call'].map(actsOf).join(' union all ');
const clientsWith = (act: string): string => `select data -> 'target' ->> 'id' as id from (${acts}) a where data ->> 'act' = '${act}'`;

export const stateRules: readonly StateRule[] = [
  {
    rule: 'state and outbox agree: subscriptions',
    sql: disagree('select id from subscription.subscription where org_id = $1', idIn('subscription', 'subscription-created', 'subscriptionId')),
  },
  {
    rule: 'state and outbox agree: removals',
    sql: disagree('select id from subscription.subscription where org_id = $1 and ended is not null', idIn('subscription', 'subscription-removed', 'subscriptionId')),
  },
  { rule: 'state and outbox agree: entries', sql: disagree('select id from session.entry where org_id = $1', idIn('session', 'entry-granted', 'entryId')) },
  {
    rule: 'state and outbox agree: ends of entries',
    sql: disagree('select id from session.entry where org_id = $1 and ended_at is not null', idIn('session', 'participant-left', 'entryId')),
  },
  {
    rule: 'state and outbox agree: sessions',
    sql: disagree(`select id from session.session where org_id = $1 and state <> 'scheduled'`, idIn('session', 'session-started', 'sessionId')),
  },
  {
    rule: 'state and outbox agree: ends of sessions',
    sql: disagree(`select id from session.session where org_id = $1 and state = 'ended'`, idIn('session', 'session-ended', 'sessionId')),
  },
  {
    rule: 'state and outbox agree: sequences',
    sql: `select s.id::text as thing from session.session s where s.org_id = $1
          and s.sequence <> (select coalesce(max(sequence), 0) from session.outbox where aggregate = 'session/' || s.id)`,
  },
  { rule: 'effects: call records', sql: withoutEffect(inCalls('session-started', 'sessionId'), 'select from call.call_record where id = $id') },
  { rule: 'effects: ends of calls', sql: withoutEffect(inCalls('session-ended', 'sessionId'), 'select from call.call_record where id = $id and ended is not null') },
  { rule: 'effects: participations', sql: withoutEffect(inCalls('entry-granted', 'entryId'), 'select from call.participation where entry_id = $id') },
  { rule: 'effects: ends of participations', sql: withoutEffect(inCalls('participant-left', 'entryId'), 'select from call.participation where entry_id = $id and left_at is not null') },
  {
    rule: 'effects: doors',
    sql: `select s.id::text as thing from subscription.subscription s join session.subscription_door d on d.id = s.id
          where s.org_id = $1 and s.ended is not null and d.open`,
  },
  {
    rule: 'state and outbox agree: aliases',
    sql: disagree(
      `select 'alias/' || uid as id from session.alias where org_id = $1`,
      `select aggregate as id from (${events('session', 'alias-created', 'o')}) made where aggregate not in (select aggregate from (${events('session', 'alias-deleted', 'd')}) gone)`,
    ),
  },
  {
    rule: 'state and outbox agree: entries by alias',
    sql: disagree(`select id from session.entry where org_id = $1 and name like 'alias %'`, idIn('session', 'alias-joined', 'entryId')),
  },
  {
    rule: 'state and outbox agree: OpenTok sessions',
    sql: disagree('select id from session.opentok_session where org_id = $1', idIn('session', 'opentok-session-created', 'opentokSessionId')),
  },
  { rule: 'state and outbox agree: calls', sql: disagree('select id from call.placed_call where org_id = $1', idIn('call', 'call-placed', 'callId')) },
  {
    rule: 'state and outbox agree: ends of calls',
    sql: disagree('select id from call.placed_call where org_id = $1 and ended is not null', idIn('call', 'call-ended', 'callId')),
  },
  {
    rule: 'state and outbox agree: states of calls',
    sql: `select c.id::text as thing from call.placed_call c
          cross join lateral (select * from call.outbox o where o.aggregate = 'call/' || c.id order by o.sequence desc limit 1) last
          where c.org_id = $1 and (last.sequence <> c.sequence or coalesce(last.envelope::json -> 'data' ->> 'state', 'queued') <> c.state)`,
  },
  {
    rule: 'a slot for each call that goes on, and for no other',
    sql: `select c.id::text as thing from call.placed_call c
          where c.org_id = $1 and (c.ended is null) <> exists (select from call.call_slot s where s.call_id = c.id)`,
  },
  { rule: 'no more calls than permitted', sql: 'select call_id::text as thing from call.call_slot where org_id = $1 and slot > 2' },
  {
    rule: 'effects: sessions of calls',
    sql: withoutEffect(inSessions('call-placed'), `select from session.scheduled_session where id = 'call:' || $id`),
  },
  {
    rule: 'effects: sessions of calls that are over',
    sql: withoutEffect(inSessions('call-ended'), `select from session.scheduled_session where id = 'call:' || $id and cancelled is not null`),
  },
  {
    rule: 'effects: nobody is in a call that is over',
    sql: `select l.entry_id::text as thing from session.lease l join session.session s on s.id = l.session_id join call.placed_call c on s.sid = 'call:' || c.id
          where c.org_id = $1 and c.ended is not null`,
  },
  {
    rule: 'state and outbox agree: clients',
    sql: disagree('select id from auth.api_client where org_id::text = $1', clientsWith('client.created')),
  },
  {
    rule: 'state and outbox agree: disabled clients',
    sql: disagree('select id from auth.api_client where org_id::text = $1 and not active', clientsWith('client.disabled')),
  },
  {
    rule: 'effects: audit log',
    sql: `select told || ' acts, ' || entered || ' entries, ' || coalesce(head, 0) || ' at the head, ' || broken || ' out of place' as thing
          from (select (select count(*) from (${acts}) a) as told, (select number from auth.audit_head where org_id = $1) as head, count(*) as entered,
                       count(*) filter (where number <> place or previous_hash <> coalesce(before, repeat('0', 64))) as broken
                from (select number, previous_hash, row_number() over (order by number) as place, lag(hash) over (order by number) as before
                      from auth.audit_entry where org_id = $1) chain) audit
          where told <> entered or entered <> coalesce(head, 0) or broken > 0`,
  },
];

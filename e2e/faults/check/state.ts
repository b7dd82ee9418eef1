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

const plans = 'select id from session.scheduled_session where org_id = $1 and not is_call';
const invitations = `select id from session.scheduled_participant where org_id = $1 and session_id in (${plans})`;

/** What counts its own events, and how its aggregate is called. */
const numbered = [
  { things: 'select id::text as id, sequence from session.session where org_id = $1', noun: 'session' },
  { things: 'select uid::text as id, sequence from session.alias where org_id = $1', noun: 'alias' },
  { things: 'select id::text as id, sequence from session.ban where org_id = $1', noun: 'ban' },
  { things: 'select id, sequence from session.scheduled_session where org_id = $1 and not is_call', noun: 'scheduled-session' },
  { things: `select concat_ws('/', org_id, nullif(sid, '')) as id, sequence from session.session_setting where org_id = $1`, noun: 'settings' },
] as const;

const behind = ({ things, noun }: (typeof numbered)[number]): string =>
  `select aggregate as thing from (select '${noun}/' || id as aggregate, sequence from (${things}) t) things
   left join (select aggregate, max(sequence) as told from session.outbox where org_id = $1 group by aggregate) o using (aggregate)
   where sequence <> coalesce(told, 0)`;

/** What was told last of each thing, by events of these nouns; `id` says which thing an event is about. */
const lastTold = (nouns: readonly string[], id: string, fields: string): string =>
  `select distinct on (id) ${id} as id, ${fields} from (${nouns.map((noun) => events('session', noun, 'o')).join(' union all ')}) told order by id, sequence desc`;

/** Things that are other than was told last. */
const asTold = [
  `select a.uid::text as thing from session.alias a join (${lastTold(['alias-created', 'alias-updated'], 'aggregate', `data ->> 'name' as name`)}) last on last.id = 'alias/' || a.uid
   where a.org_id = $1 and a.name is distinct from last.name`,
  `select p.id as thing from session.scheduled_session p
     join (${lastTold(['session-scheduled', 'session-rescheduled'], `data ->> 'sid'`, `data ->> 'name' as name, (data ->> 'startsAt')::timestamptz as starts, (data ->> 'endsAt')::timestamptz as ends`)}) last on last.id = p.id
   where p.org_id = $1 and (p.name, p.starts, p.ends) is distinct from (last.name, last.starts, last.ends)`,
  `select i.id::text as thing from session.scheduled_participant i
     join (${lastTold(['participant-invited', 'invitation-changed'], `data ->> 'participantId'`, `data ->> 'name' as name, data ->> 'role' as role`)}) last on last.id = i.id::text
   where i.org_id = $1 and (i.name, i.role) is distinct from (last.name, last.role)`,
];

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
  { rule: 'state and outbox agree: sequences', sql: numbered.map(behind).join(' union all ') },
  { rule: 'state and outbox agree: names, times and roles', sql: asTold.join(' union all ') },
  {
    rule: 'state and outbox agree: roles',
    sql: `select e.id::text as thing from session.entry e
          join (${lastTold(['entry-granted', 'role-changed'], `data ->> 'entryId'`, `data ->> 'role' as role`)}) last on last.id = e.id::text where e.org_id = $1 and e.role <> last.role`,
  },
  { rule: 'effects: call records', sql: withoutEffect(inCalls('session-started', 'sessionId'), 'select from call.call_record where id = $id') },
  { rule: 'effects: ends of calls', sql: withoutEffect(inCalls('session-ended', 'sessionId'), 'select from call.call_record where id = $id and ended is not null') },
  { rule: 'effects: participations', sql: withoutEffect(inCalls('entry-granted', 'entryId'), 'select from call.participation where entry_id = $id') },
  { rule: 'effects: ends of participations', sql: withoutEffect(inCalls('participant-left', 'entryId'), 'select from call.participation where entry_id = $id and left_at is not null') },
  { rule: 'effects: roles', sql: withoutEffect(inCalls('role-changed', 'entryId'), `select from call.participation where entry_id = $id and role = e.data ->> 'role'`) },
  {
    rule: 'effects: usage',
    sql: `select p.entry_id || ': ' || coalesce(booked, 0) || ' s' as thing
          from call.participation p left join (select entry_id, sum(seconds) as booked from call.usage_entry group by entry_id) u using (entry_id)
          where p.org_id = $1 and coalesce(booked, 0) <> coalesce(greatest(floor(extract(epoch from left_at)) - floor(extract(epoch from joined)), 0), 0)`,
  },
  {
    rule: 'effects: doors',
    sql: `select s.id::text as thing from subscription.subscription s left join session.subscription_door d using (id)
          where s.org_id = $1 and d.open is distinct from (s.ended is null)`,
  },
  {
    rule: 'state and outbox agree: aliases',
    sql: disagree(
      `select 'alias/' || uid as id from session.alias where org_id = $1`,
      `select aggregate as id from (${events('session', 'alias-created', 'o')}) made where aggregate not in (select aggregate from (${events('session', 'alias-deleted', 'd')}) gone)`,
    ),
  },
  {
    rule: 'state and outbox agree: settings',
    sql: `select s.sid as thing from session.session_setting s
          join (${lastTold(['org-settings-changed', 'session-settings-changed'], 'aggregate', `data -> 'sessions' ->> 'maxDuration' as longest`)}) last on last.id = concat_ws('/', 'settings', s.org_id, nullif(s.sid, '')) where s.org_id = $1 and s.settings ->> 'maxDuration' is distinct from last.longest`,
  },
  { rule: 'state and outbox agree: bans', sql: disagree('select id from session.ban where org_id = $1', idIn('session', 'person-banned', 'banId')) },
  {
    rule: 'state and outbox agree: lifted bans',
    sql: disagree('select id from session.ban where org_id = $1 and lifted is not null', idIn('session', 'ban-lifted', 'banId')),
  },
  {
    rule: 'nobody is in who is banned',
    sql: `select e.id::text as thing from session.lease l join session.entry e on e.id = l.entry_id join session.ban b on b.org_id = e.org_id and e.person = any(b.people)
          where e.org_id = $1 and b.lifted is null and coalesce(b.sid, e.sid) = e.sid`,
  },
  { rule: 'state and outbox agree: planned sessions', sql: disagree(plans, idIn('session', 'session-scheduled', 'sid')) },
  { rule: 'state and outbox agree: cancelled sessions', sql: disagree(`${plans} and cancelled is not null`, idIn('session', 'session-cancelled', 'sid')) },
  { rule: 'state and outbox agree: invitations', sql: disagree(invitations, idIn('session', 'participant-invited', 'participantId')) },
  { rule: 'state and outbox agree: withdrawn invitations', sql: disagree(`${invitations} and deleted is not null`, idIn('session', 'invitation-withdrawn', 'participantId')) },
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
    rule: 'effects: who is in a call',
    sql: `select c.id::text as thing from call.placed_call c
          where c.org_id = $1 and c.ended is null and array(select entry_id from call.call_presence where call_id = c.id order by 1) <> array(
            select p.entry_id from call.participation p join call.call_record r on r.id = p.call_id
            where r.org_id = c.org_id and r.sid = 'call:' || c.id and p.joined is not null and p.left_at is null order by 1)`,
  },
  {
    rule: 'effects: limits of calls',
    sql: `select told.kind || ' ' || told.key as thing from (
            select distinct on (1, 2) data ->> 'kind' as kind, data ->> 'key' as key, (data ->> 'version')::int as version,
              (data ->> 'callsPerUser')::int as calls_per_user, (data ->> 'ongoingCalls')::int as ongoing_calls
            from (${events('auth', 'call-rule-changed', 'o')}) e order by 1, 2, 3 desc
          ) told left join call.limit_rule known using (kind, key)
          where (known.version, known.calls_per_user, known.ongoing_calls) is distinct from (told.version, told.calls_per_user, told.ongoing_calls)`,
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

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

/** What took effect in call-service according to its inbox, and shows nowhere. */
const withoutEffect = (schema: string, noun: string, field: string, effect: string): string =>
  `select e.data ->> '${field}' as thing from (${events(schema, noun, 'o')}) e join call.inbox i on i.event_id = e.event_id and i.status = 'done'
   where not exists (${effect.replace('$id', `(e.data ->> '${field}')::uuid`)})`;

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
  { rule: 'effects: call records', sql: withoutEffect('session', 'session-started', 'sessionId', 'select from call.call_record where id = $id') },
  { rule: 'effects: ends of calls', sql: withoutEffect('session', 'session-ended', 'sessionId', 'select from call.call_record where id = $id and ended is not null') },
  { rule: 'effects: participations', sql: withoutEffect('session', 'entry-granted', 'entryId', 'select from call.participation where entry_id = $id') },
  { rule: 'effects: ends of participations', sql: withoutEffect('session', 'participant-left', 'entryId', 'select from call.participation where entry_id = $id and left_at is not null') },
  {
    rule: 'effects: doors',
    sql: `select s.id::text as thing from subscription.subscription s join session.subscription_door d on d.id = s.id
          where s.org_id = $1 and s.ended is not null and d.open`,
  },
];

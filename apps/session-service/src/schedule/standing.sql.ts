/**
 * SQL: what was set or planned for the session name beforehand, as columns of a one-row query. $1: org, $2: sid. `participant`: the
 * parameter with the id of who is invited, or null.
 */
export const standingColumns = (participant: string): string => `
  (select jsonb_object_agg(case st.sid when '' then 'org' else 'session' end, st.settings) from session_setting st where st.org_id = $1 and st.sid in ('', $2)) as settings,
  (select jsonb_build_object('starts', p.starts, 'ends', p.ends, 'cancelled', p.cancelled, 'call', p.is_call) from scheduled_session p where p.id = $2 and p.org_id = $1) as plan,
  (select jsonb_build_object('name', i.name, 'role', i.role, 'deleted', i.deleted) from scheduled_participant i
    where i.id = ${participant}::uuid and i.org_id = $1 and i.session_id = $2) as invitation`;

/** A node of a plan, as `explain (analyze, buffers, format json)` tells it. */
export interface Plan {
  'Node Type': string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

/** What `explain` answers. */
export interface Explained {
  'QUERY PLAN': [{ Plan: Plan }];
}

/** The nodes from the outside in: two plans of one shape do the same. */
export const shapeOf = ({ 'Node Type': node, Plans = [] }: Plan): string => [node, ...Plans.map(shapeOf)].join(' > ');

/** The blocks that the statement touched, wherever they were. */
export const blocksOf = (plan: Plan): number => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];

type Query = <T>(sql: string, params?: unknown[]) => Promise<T[]>;

/** Does what `db` does, and notes the plan of every query on the way. */
export function explained<Db extends { query: Query }>(db: Db): { db: Db; plans: Plan[] } {
  const plans: Plan[] = [];
  const query: Query = async <T>(sql: string, params: unknown[] = []) => {
    const [row] = await db.query<Explained>(`explain (analyze, buffers, format json) ${sql}`, params);
    if (row) plans.push(row['QUERY PLAN'][0].Plan);
    return db.query<T>(sql, params);
  };
  return { db: Object.create(db, { query: { value: query } }) as Db, plans };
}

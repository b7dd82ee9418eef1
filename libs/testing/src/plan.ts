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

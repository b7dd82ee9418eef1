const names = new Map<string, string>();

/**
 * Marks a statement of a hot path: every connection parses and plans it once, then only runs it. For constant texts only; each one
 * stays with the connection for as long as that lives.
 */
export function prepared(name: string, sql: string): string {
  names.set(sql, name);
  return sql;
}

export const preparedName = (sql: string): string | undefined => names.get(sql);

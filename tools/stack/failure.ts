/** Something the person at the terminal can act on: the sentence says what failed and why, `advice` what to do. */
export class StackFailure extends Error {
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}

export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reasonOf).join('; '); // Node's "connection refused"
  return error instanceof Error ? error.message : String(error);
}

/** The part of a pino logger that is used here. */
export interface EventLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A stream that is still to be made, a leader that changes: over before anybody could look. */
const NOT_WORTH_A_WORD_MS = 3_000;

/** Logs that something went out of order once, however often it is tried, and once that it is well again. */
export class Outage {
  private since: number | undefined;
  private told = false;

  constructor(
    private readonly log: EventLog,
    private readonly what: string,
  ) {}

  failed(error: unknown): void {
    this.since ??= Date.now();
    if (this.told || Date.now() - this.since < NOT_WORTH_A_WORD_MS) return;
    this.told = true;
    this.log.warn({ err: error }, `${this.what} is interrupted`);
  }

  over(): void {
    if (this.since === undefined) return;
    if (this.told) this.log.info({ ms: Date.now() - this.since }, `${this.what} goes on`);
    this.since = undefined;
    this.told = false;
  }
}

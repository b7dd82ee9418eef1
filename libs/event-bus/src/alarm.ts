/** Lets a loop sleep until there is work: rung while nobody sleeps, the next sleep ends at once. */
export class Alarm {
  private rung = false;
  private wake: (() => void) | undefined;

  readonly ring = (): void => {
    this.rung = true;
    this.wake?.();
  };

  /** Whoever looks from now on sees all that it was rung for by now. */
  hush(): void {
    this.rung = false;
  }

  /** For at most `ms`, or until rung, or until the signal. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.rung && !signal.aborted) await this.rest(ms, signal);
    this.rung = false;
  }

  private rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      this.wake = end;
    });
  }
}

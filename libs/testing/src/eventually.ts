/** A probe's answer when the thing is not there yet, with the reason to show should it never come. */
export interface NotYet {
  readonly notYet: string;
}

export function notYet(why: string): NotYet {
  return { notYet: why };
}

const pauseMs = 25;

/**
 * Asks until the probe has an answer. A probe that throws, or answers `notYet`, is asked again; when the time is over, the last
 * reason is the error.
 */
export async function eventually<T>(probe: () => T | NotYet | Promise<T | NotYet>, { timeoutMs = 20_000 } = {}): Promise<T> {
  const start = performance.now();
  for (;;) {
    const answer = await ask(probe);
    if ('value' in answer) return answer.value;
    if (performance.now() - start > timeoutMs) throw new Error(`Not after ${timeoutMs} ms: ${answer.reason}`, { cause: answer.cause });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

type Answer<T> = { value: T } | { reason: string; cause?: unknown };

async function ask<T>(probe: () => T | NotYet | Promise<T | NotYet>): Promise<Answer<T>> {
  try {
    const value = await probe();
    return isNotYet(value) ? { reason: value.notYet } : { value };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), cause: error };
  }
}

function isNotYet(value: unknown): value is NotYet {
  return typeof value === 'object' && value !== null && 'notYet' in value && typeof value.notYet === 'string';
}

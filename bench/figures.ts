export interface Figures {
  /** Answers of the wanted kind per second. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  failed: number;
  /** How long it was measured. */
  seconds: number;
}

export const figuresOf = (latencies: number[], seconds: number, failed: number): Figures => {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { perSecond: sorted.length / seconds, p50: at(0.5), p99: at(0.99), failed, seconds };
};

export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export const row = (name: string, { perSecond, p50, p99, failed }: Figures): string =>
  `${name.padEnd(28)} ${perSecond.toFixed(0).padStart(7)}/s   p50 ${p50.toFixed(2).padStart(7)} ms   p99 ${p99.toFixed(2).padStart(7)} ms${failed > 0 ? `   FAILED ${failed}` : ''}`;

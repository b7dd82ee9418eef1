import { AppError, type RateLimitDetails } from '@parley/dto';
import type { Reached } from './guesses.repository.js';

/** Alike for a wrong and for a right answer: whoever is told this learns nothing of what was presented. */
export function tooManyFailures({ policy, quota, wait }: Omit<Reached, 'failures'>, windowSeconds: number): AppError {
  const details: RateLimitDetails = { policy, limit: quota, windowSeconds, retryAfter: Math.max(1, Math.ceil(wait)) };
  return new AppError('rate_limited', 'too_many_failures', `Too many failed attempts. Wait ${details.retryAfter} s before the next one.`, { ...details });
}

import type { UserCallDto } from '@parley/dto';

/** A call in the words of this API (click-to-call.md, Calls). */
export interface CallInfo {
  duration: string;
  number: string;
  token: string;
  start: string;
  end: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const two = (value: number): string => String(value).padStart(2, '0');

/** `H:MM:SS`; from a day on `1 day, H:MM:SS`. */
export function durationText(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  const clock = `${Math.floor((seconds % DAY) / HOUR)}:${two(Math.floor((seconds % HOUR) / MINUTE))}:${two(seconds % MINUTE)}`;
  return days === 0 ? clock : `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
}

/** `dd/mm/YYYY HH:MM:SS`, in UTC. */
export function timeText(instant: string): string {
  const [date = '', time = ''] = new Date(instant).toISOString().split(/[T.]/);
  return `${date.split('-').reverse().join('/')} ${time}`;
}

export const callInfo = ({ durationSeconds, number, token, placedAt, endedAt }: UserCallDto): CallInfo => ({
  duration: durationText(durationSeconds),
  number,
  token,
  start: timeText(placedAt),
  end: endedAt === null ? 'Call Ongoing' : timeText(endedAt),
});

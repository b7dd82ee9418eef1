import { AppError } from '@parley/dto';

/** Alike for one that there never was and another org's. */
export const participantNotFound = () => new AppError('not_found', 'participant.not_found', 'There is no such participant.');

import { AppError } from '@parley/dto';

/** Its cookie or its row is gone, or somebody else has logged in meanwhile. */
export const interactionOver = () => new AppError('invalid', 'interaction_over', 'This page is out of date. Go back to the application and start again.');

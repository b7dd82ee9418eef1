import { AppError } from '@parley/dto';

/** Another site made the browser post this. */
export const crossSite = () => new AppError('forbidden', 'cross_site', 'This form was sent from another site. Open the page here and send it from there.');

/** Its token is missing or wrong: cookies are off, or somebody logged in or out since the page was opened. */
export const staleForm = () => new AppError('forbidden', 'stale_form', 'This page was open for too long, or cookies are off. Please try again.');

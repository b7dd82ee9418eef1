import { AppError, type CallState } from '@parley/dto';

/** Alike for a handle that nobody has and one of somebody else. */
export const callUnknown = () => new AppError('conflict', 'call.unknown', 'You have no call with this token_call.');
/** Alike for an unknown id and another org's. */
export const callNotFound = () => new AppError('not_found', 'call.not_found', 'There is no such call.');
export const callOver = (state: CallState) => new AppError('conflict', 'call.ended', `The call is over: ${state}.`, { state });
export const reportLate = (state: CallState) => new AppError('conflict', 'call.report_late', `The call has come further: it is ${state}.`, { state });

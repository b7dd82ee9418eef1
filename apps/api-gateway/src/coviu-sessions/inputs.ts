import { ParticipantInput, type Role, ShortText } from '@parley/dto';
import { z } from 'zod';
import { DateText } from './dates.js';

/** Clients send what they do not mean as null, and an empty list of PHP's is an empty object. */
const absent = (value: unknown): unknown => value ?? undefined;
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(absent, schema.optional());
const body = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === undefined || (Array.isArray(value) && value.length === 0) ? {} : value), schema);

const roles: Readonly<Record<string, Role>> = { host: 'owner', guest: 'guest' };

const RoleText = z
  .string()
  .toLowerCase()
  .refine((text) => Object.hasOwn(roles, text), 'must be host or guest')
  .transform((text): Role => roles[text] ?? 'guest');

const { picture: Picture, state: State } = ParticipantInput.shape;

/** No name is no name, however it is written. */
const Name = z.union([z.literal('').transform(() => null), ShortText]);

const participant = { display_name: optional(Name), role: optional(RoleText), picture: optional(Picture), state: optional(State) };
const ParticipantFields = z.object(participant);
type ParticipantFields = z.output<typeof ParticipantFields>;

export const ParticipantBody = body(ParticipantFields.transform(participantOf));
export type ParticipantBody = z.output<typeof ParticipantBody>;

const about = { session_name: optional(Name), picture: optional(Picture) };

export const NewSessionBody = body(
  z
    .object({ ...about, start_time: DateText, end_time: DateText, participants: optional(z.array(ParticipantFields).max(200)) })
    .transform(({ session_name: name, picture, start_time: start, end_time: end, participants = [] }) => ({
      ...defined({ name, picture }),
      ...{ startsAt: start.at, endsAt: end.at, rfc1123: start.rfc1123 || end.rfc1123, participants: participants.map(participantOf) },
    })),
);
export type NewSessionBody = z.output<typeof NewSessionBody>;

/** The form of the dates changes with the dates. */
export const SessionChangeBody = body(
  z
    .object({ ...about, start_time: optional(DateText), end_time: optional(DateText) })
    .transform(({ session_name: name, picture, start_time: start, end_time: end }) =>
      defined({ name, picture, startsAt: start?.at, endsAt: end?.at, rfc1123: start || end ? Boolean(start?.rfc1123 || end?.rfc1123) : undefined }),
    ),
);
export type SessionChangeBody = z.output<typeof SessionChangeBody>;

function participantOf({ display_name: name, role, picture, state }: ParticipantFields) {
  return defined({ name, role, picture, state });
}

/** Without what was not mentioned. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

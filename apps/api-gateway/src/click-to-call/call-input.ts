import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AppError } from '@parley/dto';
import type { FastifyRequest } from 'fastify';
import { bodyMalformed } from '../errors/http.errors.js';
import { bodyTypeUnsupported, formMalformed } from './click-to-call.errors.js';

type Fields = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const mediaType = ({ headers }: FastifyRequest): string => (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
const bodyOf = ({ body }: FastifyRequest): Buffer | undefined => (body instanceof Buffer && body.length > 0 ? body : undefined);


const formFields = (body: Buffer): [string, unknown][] => [...new URLSearchParams(utf8.decode(body))];

function jsonFields(body: Buffer): [string, unknown][] {
  const value: unknown = JSON.parse(utf8.decode(body));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bodyMalformed();
  return Object.entries(value);
}

const isForm = (request: FastifyRequest): boolean => mediaType(request) === 'application/x-www-form-urlencoded';

/** The values of one field of a form; none if there is no form, or one that can't be read. */
export function formValues(request: FastifyRequest, name: string): unknown[] {
  const body = isForm(request) ? bodyOf(request) : undefined;
  return body ? fieldsNamed(name, attempt(() => formFields(body), formMalformed).fields) : [];
}

export const queryValues = ({ query }: FastifyRequest, name: string): unknown[] => [(query as Fields)[name]].flat().filter((value) => value !== undefined);

const fieldsNamed = (name: string, fields: [string, unknown][]): unknown[] => fields.filter(([key]) => key === name).map(([, value]) => value);

function attempt(read: () => [string, unknown][], fault: () => AppError): { fields: [string, unknown][]; fault?: AppError } {
  try {
    return { fields: read() };
  } catch {
    return { fields: [], fault: fault() };
  }
}

function readBody(request: FastifyRequest): { fields: [string, unknown][]; fault?: AppError } {
  const body = bodyOf(request);
  if (!body) return { fields: [] };
  if (isForm(request)) return attempt(() => formFields(body), formMalformed);
  if (mediaType(request) === 'application/json') return attempt(() => jsonFields(body), bodyMalformed);
  return { fields: [], fault: bodyTypeUnsupported() };
}

/**
 * What a request asks for, in its query string, a form or JSON alike (click-to-call.md, Calls). That the body can't be read is kept, not
 * thrown: something else may have to be told first.
 */
export class CallInput {
  readonly fault: AppError | undefined;
  private readonly body: [string, unknown][];

  constructor(private readonly request: FastifyRequest) {
    const { fields, fault } = readBody(request);
    this.body = fields;
    this.fault = fault;
  }

  /** The value; undefined if there is none; null if there are several, or if it is nothing that any field may be. */
  field(name: string): string | boolean | null | undefined {
    const [value, ...others] = new Set([...queryValues(this.request, name), ...fieldsNamed(name, this.body)]);
    if (others.length > 0) return null;
    return value === undefined || typeof value === 'string' || typeof value === 'boolean' ? value : null;
  }
}

/** What the request asks for. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => new CallInput(context.switchToHttp().getRequest<FastifyRequest>()));

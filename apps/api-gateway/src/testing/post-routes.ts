import 'reflect-metadata';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';

type Module = Type | DynamicModule;

/** Every address that takes POST in the module and those it imports, as its controllers declare it. */
export function postRoutes(module: Module): string[] {
  return [...controllersOf(module)].flatMap((controller) => routesOf(controller).map((path) => `/${path}`)).sort();
}

function controllersOf(module: Module, found = new Set<Type>()): Set<Type> {
  const type = 'module' in module ? module.module : module;
  read<Type>('controllers', type).forEach((controller) => found.add(controller));
  for (const imported of read<Module>('imports', type)) controllersOf(imported, found);
  return found;
}

function routesOf(controller: Type): string[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name] ?? {};
    if (Reflect.getMetadata('method', handler) !== RequestMethod.POST) return [];
    return read<string>('path', controller).flatMap((base) => read<string>('path', handler).map((path) => [base, path].map((part) => part.replace(/^\/|\/$/g, '')).filter(Boolean).join('/')));
  });
}

const read = <T>(key: string, target: object): T[] => [(Reflect.getMetadata(key, target) ?? []) as T | T[]].flat() as T[];

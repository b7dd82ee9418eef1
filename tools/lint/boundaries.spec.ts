import { join } from 'node:path';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '../..');
const untyped = tseslint.configs.disableTypeChecked as Linter.Config;

describe('Lint', () => {
  let eslint: ESLint;

  beforeAll(() => {
    eslint = new ESLint({ cwd: root, overrideConfig: [untyped] }); // the types of files that do not exist can't be asked for
  });

  /** The rules that a line of code breaks in a file. */
  async function broken(file: string, code: string): Promise<string[]> {
    const [result] = await eslint.lintText(code, { filePath: join(root, file) });
    return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
  }

  const boundary = ['parley/boundaries'];
  const contract = 'libs/dto/src/x.contract.ts';
  const feature = 'apps/call-service/src/records/records.service.ts';

  it.each([
    ['dto knows no library', contract, `export * from '@parley/platform';`],
    ['dto knows no framework', contract, `export { Injectable } from '@nestjs/common';`],
    ['platform knows only dto', 'libs/platform/src/x.ts', `export * from '@parley/jwt';`],
    ['rpc does not know the event bus', 'libs/rpc/src/x.ts', `export * from '@parley/event-bus';`],
    ['a library does not know an application', 'libs/rpc/src/x.ts', `export * from '../../../apps/call-service/src/config.js';`],
    ['an application does not know another', feature, `export * from '../../../session-service/src/config.js';`],
    ['a library is not reached into', feature, `export * from '@parley/dto/src/contract.js';`],
    ['a library is not reached by its path', feature, `export * from '../../../../libs/dto/src/index.js';`],
    ['the test kit is for tests', feature, `export * from '@parley/testing';`],
    ['the test kit is for tests, its types too', feature, `export type { System } from '@parley/testing';`],
    ['what specs stand on is for specs', feature, `export * from '../testing/x.js';`],
    ['an import at run time is an import', feature, `export const x = () => import('@parley/testing');`],
    ['an import type is an import', feature, `export type X = import('@parley/testing').System;`],
    ['a computed import can not be judged', feature, `export const x = (name: string) => import(name);`],
    ['SQL lives in repositories', feature, `export { DataSource } from 'typeorm';`],
    ['Nest’s TypeORM module does too', feature, `export { InjectRepository } from '@nestjs/typeorm';`],
    ['NATS is behind rpc and the event bus', feature, `export { connect } from '@nats-io/transport-node';`],
    ['pg is behind persistence', 'apps/call-service/src/records/records.repository.ts', `export { Client } from 'pg';`],
    ['a service does not fail in HTTP', feature, `import { NotFoundException } from '@nestjs/common';\nexport const x = new NotFoundException();`],
    ['a service does not fail in HTTP under another name', feature, `export { HttpException as Failure } from '@nestjs/common';`],
    ['the test of the whole speaks only HTTP', 'e2e/x.e2e.ts', `export * from '../apps/call-service/src/config.js';`],
  ])('refuses: %s', async (_, file, code) => {
    expect(await broken(file, code)).toEqual(boundary);
  });

  it.each([
    ['a library', feature, `export * from '@parley/dto';`],
    ['the own project', feature, `export * from '../config.js';`],
    ['TypeORM in a migration', 'apps/call-service/src/migrations/x.ts', `export type { QueryRunner } from 'typeorm';`],
    ['TypeORM in a repository', 'apps/call-service/src/records/x.repository.ts', `export { DataSource } from 'typeorm';`],
    ['the test kit in a spec', 'apps/call-service/src/records/x.db.spec.ts', `export { testDatabase } from '@parley/testing';`],
    ['the test kit in what specs stand on', 'apps/call-service/src/testing/x.ts', `export { testDatabase } from '@parley/testing';`],
    ['HTTP failures in the gateway', 'apps/api-gateway/src/x.ts', `export { NotFoundException } from '@nestjs/common';`],
    ['zod in dto', contract, `export { z } from 'zod';`],
  ])('lets pass: %s', async (_, file, code) => {
    expect(await broken(file, code)).toEqual([]);
  });

  it.each([
    ['default exports', feature, `const x = 1;\nexport default x;`, 'no-restricted-exports'],
    ['any', feature, `export const x = (y: any) => typeof y;`, '@typescript-eslint/no-explicit-any'],
    ['the console', feature, `console.log('x');`, 'no-console'],
    ['work left for later', feature, `// ${'TO'}DO: later\nexport const x = 1;`, 'no-warning-comments'],
    ['five parameters', feature, `export const x = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];`, 'max-params'],
    ['a suppression without a reason', feature, `// eslint-disable-next-line no-console\nconsole.log('x');`, 'parley/suppressions'],
    ['a suppression without a rule', feature, `/* eslint-disable */\nexport const x = 1;`, 'parley/suppressions'],
  ])('refuses %s', async (_, file, code, rule) => {
    expect(await broken(file, code)).toContain(rule);
  });

  it('lets a suppression with rule and reason pass', async () => {
    expect(await broken(feature, `// eslint-disable-next-line no-console -- the terminal is what this is for\nconsole.log('x');`)).toEqual([]);
  });

  it.each(['no-floating-promises', 'no-misused-promises', 'switch-exhaustiveness-check'])('has %s on for every kind of source', async (rule) => {
    const typedEslint = new ESLint({ cwd: root });
    for (const file of [feature, contract, 'e2e/x.e2e.ts', 'tools/x.ts', 'apps/api-gateway/src/x.spec.ts']) {
      const config = (await typedEslint.calculateConfigForFile(join(root, file))) as Linter.Config;
      expect([file, config.rules?.[`@typescript-eslint/${rule}`]]).toEqual([file, expect.arrayContaining([2])]);
    }
  });
});

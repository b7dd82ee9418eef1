import type { MigrationInterface, QueryRunner } from 'typeorm';
import { clockSql, ledgerSql, partitionSql, placeSql, workSql } from './base.sql.js';
import type { MigrationClass } from './migrations.js';

/** How many days ahead there is a partition for; the relay's leader keeps it so. */
export const PARTITION_DAYS_AHEAD = 3;

/** The ledger, the inbox, and who works on them. */
export class BaseTables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [clockSql, partitionSql, ledgerSql, workSql]) await runner.query(sql);
    await runner.query('select ensure_event_partitions($1)', [PARTITION_DAYS_AHEAD]);
  }

  /** There is no way back: the ledger is the truth about what was told. */
  down(): Promise<void> {
    return Promise.reject(new Error('The base tables are never removed'));
  }
}

/** Where the readers and the writer of a stream stand. */
export class StreamPlaces1700000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(placeSql);
  }

  /** There is no way back: a consumer without its place would not know what it missed. */
  down(): Promise<void> {
    return Promise.reject(new Error('The places are never removed'));
  }
}

/** The tables that every service's schema has. First in every service's list of migrations. */
export const baseMigrations: MigrationClass[] = [BaseTables1700000000000, StreamPlaces1700000010000];

import { Module } from '@nestjs/common';
import { AliasesController } from './aliases.controller.js';
import { AliasesRepository } from './aliases.repository.js';
import { AliasesService } from './aliases.service.js';

@Module({ controllers: [AliasesController], providers: [AliasesService, AliasesRepository], exports: [AliasesService, AliasesRepository] })
export class AliasesModule {}

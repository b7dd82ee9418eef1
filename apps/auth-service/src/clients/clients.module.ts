import { Module } from '@nestjs/common';
import { ClientDirectory } from './client-directory.js';
import { ClientsController } from './clients.controller.js';
import { ClientsRepository } from './clients.repository.js';
import { ClientsService } from './clients.service.js';
import { SecretUses } from './secret-uses.js';

@Module({ controllers: [ClientsController], providers: [ClientDirectory, SecretUses, ClientsService, ClientsRepository], exports: [ClientDirectory, SecretUses, ClientsRepository] })
export class ClientsModule {}

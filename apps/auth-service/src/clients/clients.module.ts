import { Module } from '@nestjs/common';
import { ClientDirectory } from './client-directory.js';
import { ClientsController } from './clients.controller.js';
import { ClientsRepository } from './clients.repository.js';
import { ClientsService } from './clients.service.js';

@Module({ controllers: [ClientsController], providers: [ClientDirectory, ClientsService, ClientsRepository], exports: [ClientDirectory, ClientsRepository] })
export class ClientsModule {}

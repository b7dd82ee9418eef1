import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { LinksController } from './links.controller.js';
import { LinksService } from './links.service.js';

@Module({ imports: [ClientsModule], controllers: [LinksController], providers: [LinksService] })
export class LinksModule {}

import { Module } from '@nestjs/common';
import { FreshAccess } from '../opaque-tokens/fresh-access.js';
import { OpaqueTokenGuard } from '../opaque-tokens/opaque-token.guard.js';
import { OpaqueTokens } from '../opaque-tokens/opaque-tokens.js';
import { AdminAuditController } from './audit.controller.js';
import { AdminCallsController } from './calls.controller.js';
import { AdminClientsController } from './clients.controller.js';
import { AdminGuard } from './for-admin.js';
import { AdminOrgTokensController } from './org-tokens.controller.js';
import { AdminOrgsController } from './orgs.controller.js';
import { AdminSettingsController } from './settings.controller.js';
import { AdminUsersController } from './users.controller.js';

/** Administration: `docs/api/admin.md`. */
@Module({
  controllers: [AdminOrgsController, AdminClientsController, AdminOrgTokensController, AdminUsersController, AdminSettingsController, AdminAuditController, AdminCallsController],
  providers: [OpaqueTokens, OpaqueTokenGuard, AdminGuard, FreshAccess],
})
export class AdminModule {}

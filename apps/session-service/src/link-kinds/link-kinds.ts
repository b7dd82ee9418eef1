import { Injectable } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import type { GenuineLink, LinkKind } from './genuine-link.js';
import { ClientLinks } from './client-links.js';

/** Every kind of link that leads into a session. A feature that makes links of its own adds their verifier. */
@Injectable()
export class LinkKinds implements LinkKind {
  private readonly byType = new Map<string, LinkKind>();

  /** What says nothing else of itself was signed by an API client. */
  constructor(private readonly clientLinks: ClientLinks) {}

  use(typ: string, kind: LinkKind): void {
    this.byType.set(typ, kind);
  }

  verify(link: string): Promise<GenuineLink> {
    const kind = this.byType.get(typeOf(link)) ?? this.clientLinks;
    return kind.verify(link);
  }
}

function typeOf(link: string): string {
  try {
    return decodeProtectedHeader(link).typ ?? '';
  } catch {
    return ''; // whoever verifies it refuses it
  }
}

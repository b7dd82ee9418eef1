import { Injectable } from '@nestjs/common';
import { Settings } from '../settings.module.js';
import type { Visitor } from './visitor.js';

/** Cookies of ours: no script reads them, other sites cannot make a browser send them with a form, and on https no other host of the domain can set them. */
@Injectable()
export class Cookies {
  private readonly secure: boolean;

  constructor({ issuer }: Settings) {
    this.secure = issuer.startsWith('https:');
  }

  /** RFC 6265bis, 4.1.3.2. */
  nameOf(name: string): string {
    return this.secure ? `__Host-${name}` : name;
  }

  read({ request: { headers } }: Visitor, name: string): string | undefined {
    const start = `${this.nameOf(name)}=`;
    return headers.cookie
      ?.split(';')
      .map((pair) => pair.trim())
      .find((pair) => pair.startsWith(start))
      ?.slice(start.length);
  }

  /** For as long as the browser is open. */
  set({ reply }: Visitor, name: string, value: string): void {
    void reply.header('set-cookie', `${this.nameOf(name)}=${value}; Path=/; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`);
  }
}

import { deviceCodePage, deviceConfirmPage } from './device-pages.js';
import { grantPage } from './grant-page.js';
import { loginPage } from './login-page.js';
import { noticePage, refusalPage } from './notice-page.js';
import { leadsTo } from './page-shell.js';

const EVIL = `"><script>alert('x')</script>&amp;`;
const place = { action: '/auth/login', fields: { state: EVIL }, application: EVIL, formsLeadTo: leadsTo('https://app.test:8443/back?x=1') };

const pages = {
  login: loginPage(place),
  'login again': loginPage({ ...place, message: EVIL, username: EVIL }),
  grant: grantPage({ ...place, username: EVIL, scopes: ['call', EVIL], redirectUri: 'https://app.test:8443/back' }),
  'grant again': grantPage({ ...place, username: EVIL, scopes: ['call'], message: EVIL }),
  'device code': deviceCodePage({ action: '/auth/device', xsrf: EVIL, userCode: EVIL }),
  'device code again': deviceCodePage({ action: '/auth/device', xsrf: EVIL, userCode: EVIL, message: EVIL }),
  'device confirmation': deviceConfirmPage({ action: '/auth/device', xsrf: EVIL, userCode: EVIL, application: EVIL }),
  notice: noticePage(EVIL, EVIL),
  refusal: refusalPage({ code: EVIL, message: EVIL }),
};

/** The ids that labels and descriptions name. */
const referred = (html: string): string[] => [...html.matchAll(/(?:\bfor|aria-describedby)="([^"]+)"/g)].map(([, id]) => id ?? '');
const fields = (html: string): string[] => [...html.matchAll(/<input (?!type="hidden")[^>]*>/g)].map(([tag]) => tag);

describe.each(Object.entries(pages))('the page: %s (P4)', (_name, { html, policy }) => {
  it('lets nothing in that somebody else wrote', () => {
    expect(html).not.toMatch(/<script|\bon\w+=|javascript:/i);
    expect(html).not.toContain(EVIL);
  });

  it('says what it is: language, title, one heading, one main part', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<main>/g)).toHaveLength(1);
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  });

  it('has a label for each field, and what a label names', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const id of referred(html)) expect(ids).toContain(id);
    for (const field of fields(html)) expect(referred(html)).toContain(/ id="([^"]+)"/.exec(field)?.[1]);
  });

  it('allows nothing from elsewhere', () => {
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https:;/);
    expect(html).not.toMatch(/ style="|<style[^>]+>/);
  });
});

it('a form may lead to the application that it is about, and nowhere else (P4)', () => {
  expect(pages.login.policy).toContain("form-action 'self' https://app.test:8443;");
  expect(pages.refusal.policy).toContain("form-action 'none'");
  expect(leadsTo('http://127.0.0.1:3000/test')).toEqual(['http://127.0.0.1:3000']);
  expect(leadsTo('http://[::1]:3000/test')).toEqual(['http:']);
});

it('a browser can fill in a login, and hears what was wrong (P4)', () => {
  const { html } = pages['login again'];
  expect(html).toContain('autocomplete="username"');
  expect(html).toContain('autocomplete="current-password"');
  expect(html).toContain('role="alert"');
  expect(fields(html).every((field) => field.includes('aria-invalid="true" aria-describedby="alarm"'))).toBe(true);
  expect(html).not.toMatch(/type="password"[^>]*value=/);
});

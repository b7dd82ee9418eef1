/** The path of a request's target as it was sent: no query string, and no authority if the target has one (RFC 9112, 3.2.2). */
export const pathOf = (target = '/'): string => target.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] || '/';

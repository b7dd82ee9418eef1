const directive = /^\s*eslint-disable(?<next>-next-line|-line)?\b(?<rest>.*)$/s;
const explained = /^\s+[\w@/, -]+?\s--\s\S/;

/** A suppression of everything from here on would hide the report about itself; ahead of all code it can't. */
const aheadOfTheFile = { line: 1, column: -1 };

/** A suppression is for one line; it names its rules, and after ` -- ` its reason. */
export const suppressionsRule = {
  meta: { type: 'problem', schema: [], messages: { bare: 'A suppression is for one line, names its rule and gives its reason: `eslint-disable-next-line <rule> -- <reason>`.' } },
  create: (context) => ({
    Program() {
      for (const { value, loc } of context.sourceCode.getAllComments()) {
        const { next, rest } = directive.exec(value)?.groups ?? {};
        if (rest === undefined || (next && explained.test(rest))) continue;
        context.report({ loc: next ? loc : aheadOfTheFile, messageId: 'bare' });
      }
    },
  }),
};

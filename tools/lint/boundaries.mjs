// Who may import whom. One table, one judge, one rule. An own rule because core `no-restricted-imports` knows neither folders nor
// `import()`, and because flat config does not merge options: every mixture of project, kind of file and depth would be a block.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** By Nx tag: the libraries that a project may import, always as `@parley/<lib>`. */
const librariesOf = {
  'lib:dto': [],
  'lib:persistence': ['dto', 'platform'],
  'lib:jwt': ['dto'],
  'lib:platform': ['dto'],
  'lib:rpc': ['dto', 'persistence', 'jwt', 'platform'],
  'lib:event-bus': ['dto', 'persistence', 'jwt', 'platform'],
  'lib:testing': ['dto', 'persistence', 'jwt', 'platform', 'rpc', 'event-bus'],
  app: ['dto', 'persistence', 'jwt', 'platform', 'rpc', 'event-bus'],
};

/** Not Nx projects; they work on the whole. */
const foldersOfTheWhole = ['tools', 'e2e', 'bench', 'examples'];
const everyLibrary = [...librariesOf.app, 'testing'];

/** Where a relative import may lead out of its project, and where to. */
const doors = [
  { from: /^libs\/testing\//, to: /^tools\/stack\//, why: 'the tests and the launcher start the same things' },
  { from: /^tools\/stack\//, to: /^libs\/platform\/src\/nats-options\.js$/, why: 'the launcher comes to NATS as everybody does, and needs nothing else of the platform, which begins with Nest' },
  { from: /^tools\//, to: /^eslint\.config\.mjs$/, why: 'the rules have a spec' },
  { from: /^tools\//, to: /^apps\/[\w-]+\/src\/config\.js$/, why: 'the operating guide is made from them' },
];

/** Packages that belong to a few places. */
const packages = [
  { name: /^(typeorm|@nestjs\/typeorm)(\/|$)/, only: /^libs\/persistence\/|\.(entity|repository|migration)\.ts$|\/migrations\// },
  { name: /^@nats-io\//, only: /^(libs\/(rpc|event-bus|platform|testing)|tools|e2e|bench)\// },
  { name: /^pg(\/|$)/, only: /^(libs\/(persistence|testing)|tools|bench)\// },
  { name: /^(?!zod$|@parley\/|\.)/, only: /^(?!libs\/dto\/)|\.spec\.ts$/ },
];

/** Failures are `AppError`s; only who speaks HTTP turns them into it. */
const httpEdge = /^apps\/(api-gateway|auth-service)\//;
const isHttpException = (specifier, name) => specifier === '@nestjs/common' && /Exception$/.test(name);

/** Specs, and the folders in which a project keeps what its specs stand on. */
const testingFolder = /\/src\/testing\//;
const isForTests = (file) => /\.(spec|e2e)\.ts$/.test(file) || /^(e2e|bench)\//.test(file) || testingFolder.test(file);

const projects = ['apps', 'libs']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(join(root, folder, 'project.json')))
  .map((folder) => {
    const { tags } = JSON.parse(readFileSync(join(root, folder, 'project.json'), 'utf8'));
    const tag = tags.find((each) => each in librariesOf);
    if (!tag) throw new Error(`${folder}/project.json: none of its tags is in the table of boundaries`);
    return { folder, libraries: librariesOf[tag] };
  });

const homeOf = (file) =>
  projects.find(({ folder }) => file.startsWith(`${folder}/`)) ??
  foldersOfTheWhole.map((folder) => ({ folder, libraries: everyLibrary })).find(({ folder }) => file.startsWith(`${folder}/`));

/**
 * Why this file may not import that, or undefined if it may.
 * @param {string} file relative to the root, with `/`
 * @param {string} specifier as it stands in the import
 * @param {string[]} names what is imported by name
 */
export function refusal(file, specifier, names = []) {
  const home = homeOf(file);
  if (!home) return undefined;
  if (/^[./]|^file:/.test(specifier)) return refusalOfPath(file, specifier, home);
  if (specifier.startsWith('@parley/')) return refusalOfLibrary(file, specifier.slice('@parley/'.length), home);
  return refusalOfPackage(file, specifier, names);
}

function refusalOfPath(file, specifier, home) {
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  if (testingFolder.test(target) && !isForTests(file)) return `${specifier} is for tests.`;
  if (target.startsWith(`${home.folder}/`)) return undefined;
  if (doors.some(({ from, to }) => from.test(file) && to.test(target))) return undefined;
  return `${specifier} leaves ${home.folder}: import a library as @parley/<lib>, and never another application.`;
}

function refusalOfLibrary(file, library, home) {
  if (library.includes('/')) return `@parley/${library} reaches into a library: what it offers is in its index.ts.`;
  if (home.libraries.includes(library)) return undefined;
  if (library === 'testing' && isForTests(file)) return undefined;
  return `${home.folder} may not import @parley/${library}, only: ${home.libraries.join(', ') || 'no library'}.`;
}

function refusalOfPackage(file, specifier, names) {
  if (packages.some(({ name, only }) => name.test(specifier) && !only.test(file))) return `${specifier} has no place in ${file}.`;
  const exception = names.find((name) => isHttpException(specifier, name));
  if (exception && !httpEdge.test(file)) return `${exception} is HTTP: throw an AppError from the list of this feature.`;
  return undefined;
}

/** The launcher picks the binaries of this machine; nothing else has to choose what it imports. */
const refusalOfUnknown = (file) => (/^(apps|libs)\//.test(file) ? 'What is imported here can only be seen at run time.' : undefined);

const literal = (node) => (node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined);
const namesOf = (node) => (node.specifiers ?? []).flatMap(({ imported, local }) => (imported ?? local)?.name ?? []);

/** Judges every way to import: static, re-exported, as a type, at run time. */
export const boundariesRule = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{why}}' } },
  create(context) {
    const file = relative(root, context.filename).split(sep).join('/');
    const judge = (node, source, names) => {
      const specifier = literal(source);
      const why = specifier === undefined ? refusalOfUnknown(file) : refusal(file, specifier, names);
      if (why) context.report({ node, messageId: 'refused', data: { why } });
    };
    return {
      ImportDeclaration: (node) => judge(node, node.source, namesOf(node)),
      ExportNamedDeclaration: (node) => node.source && judge(node, node.source, node.specifiers.map(({ local }) => local.name)),
      ExportAllDeclaration: (node) => judge(node, node.source),
      ImportExpression: (node) => judge(node, node.source),
      TSImportType: (node) => judge(node, node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => judge(node, node.expression),
    };
  },
};

/** Root-relative folders of the projects, for whoever wants to know that the table is not empty. */
export const boundedFolders = projects.map(({ folder }) => folder);

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const PACKAGE = new URL('../../', import.meta.url);

const BUILD = fileURLToPath(new URL('dist/', PACKAGE));

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/** An entry point of the package, and the file of its declarations. */
interface EntryPoint {
  readonly name: string;
  readonly file: string;
}

const printer = ts.createPrinter({ removeComments: true });

/**
 * Lists the exported names of every entry point with their signatures, and the library's types that these refer to, as
 * the build declares them.
 */
export function describePublicApi(): string {
  const entries = entryPoints();
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] },
  );
  const checker = program.getTypeChecker();
  const exported = new Set<ts.Symbol>();
  const sections = entries.map(({ name, file }) => {
    const symbols = exportsOf(checker, program.getSourceFile(file), file);
    for (const symbol of symbols.values()) exported.add(symbol);
    return [`=== ${name} ===`, ...[...symbols].map(describeExport).toSorted()].join('\n\n');
  });
  const others = [...withReferences(checker, exported)].filter((symbol) => !exported.has(symbol));
  const internal = ['=== not exported, but part of signatures ===', ...others.map(describeSymbol).toSorted()];
  return `${[...sections, ...internal].join('\n\n')}\n`;
}

function entryPoints(): EntryPoint[] {
  const manifest: Manifest = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8'));
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [{ name: manifest.name + path.slice(1), file: fileURLToPath(new URL(target.types, PACKAGE)) }],
  );
}

/** The exported symbols of a file by the names under which it exports them. */
function exportsOf(checker: ts.TypeChecker, source: ts.SourceFile | undefined, file: string): Map<string, ts.Symbol> {
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} does not exist: run "npm run build"`);
  return new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, original(checker, symbol)]));
}

function describeExport([name, symbol]: readonly [string, ts.Symbol]): string {
  return name === symbol.name ? describeSymbol(symbol) : `export { ${symbol.name} as ${name} }`;
}

/** The symbols, and every symbol of the library that they refer to. */
function withReferences(checker: ts.TypeChecker, exported: ReadonlySet<ts.Symbol>): Set<ts.Symbol> {
  const symbols = new Set(exported);
  const visit = (node: ts.Node): void => {
    if (isHidden(node)) return;
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (symbol !== undefined) add(original(checker, symbol));
    node.forEachChild(visit);
  };
  const add = (symbol: ts.Symbol): void => {
    if (declarationsOf(symbol).length > 0) symbols.add(symbol);
  };
  // The iteration includes symbols that are added meanwhile.
  for (const symbol of symbols) for (const declaration of declarationsOf(symbol)) visit(declaration);
  return symbols;
}

function original(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The statements of the build that declare a symbol; none for members, parameters and what other packages declare. */
function declarationsOf(symbol: ts.Symbol): ts.Node[] {
  return (symbol.declarations ?? [])
    .map((declaration) => (ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration))
    .filter((node) => ts.isSourceFile(node.parent) && node.getSourceFile().fileName.startsWith(BUILD));
}

function describeSymbol(symbol: ts.Symbol): string {
  return declarationsOf(symbol)
    .map((node) => printer.printNode(ts.EmitHint.Unspecified, withoutHidden(node), node.getSourceFile()))
    .join('\n');
}

function withoutHidden(node: ts.Node): ts.Node {
  if (!ts.isClassDeclaration(node)) return node;
  const { modifiers, name, typeParameters, heritageClauses, members } = node;
  const visible = members.filter((member) => !isHidden(member));
  return ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, visible);
}

/** Whether a node is a private member of a class. */
function isHidden(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  const isPrivate =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
  return isPrivate === true || (node.name !== undefined && ts.isPrivateIdentifier(node.name));
}

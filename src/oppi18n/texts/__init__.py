"""English source texts of errors, diagnostics and hints: tables that the catalogs translate."""

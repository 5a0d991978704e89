"""The Close opportunity dialog as data, so that terminals, pages and other programs show the same one."""

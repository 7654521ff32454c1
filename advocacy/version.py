"""The version of the program; `docs/releasing.md` says how it gets the next one."""

VERSION = "0.1.0rc2.dev0"

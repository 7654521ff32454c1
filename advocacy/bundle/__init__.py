"""The whole record in one file, `record.zip`: whoever has it can read it, check it, pass it on."""

"""Clock, working calendar, numbering, ciphers: pure, no Django."""

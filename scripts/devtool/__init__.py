"""The subcommands of ./dev, one module each, and the few modules they share."""

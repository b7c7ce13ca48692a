"""A language server for topologies, and for what pages say of them."""

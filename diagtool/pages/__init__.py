"""What pages say of topologies, without Sphinx, and the record that a site keeps of it."""

"""What is published, held against the topology."""
